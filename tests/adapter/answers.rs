//! Whatever a token endpoint answers, over real sockets: a table.

use std::time::{Duration, SystemTime};

use auth_core::{Error, ErrorKind};
use auth_emulator::{Answer, Emulator, Fault, Flaw, Origin, StatusCode};
use http::{HeaderValue, header};

use crate::rig::{Adapter, Stage, over_all};

over_all!(
    whatever_goes_wrong_is_an_error_of_its_kind_and_costs_so_many_requests,
    every_error_code_is_an_error_of_its_kind_and_is_told,
    every_status_is_an_error_of_its_kind_with_a_body_and_without,
    a_retry_after_is_obeyed_in_both_forms_and_ignored_where_it_makes_no_sense,
    what_is_wrong_inside_an_answer_is_an_error_of_its_kind,
    what_is_odd_but_not_wrong_is_a_token,
);

/// What one acquisition tries at most.
const ATTEMPTS: usize = 3;

/// What is wrong at the token endpoint.
enum Wrong {
    Fault(Fault),
    Flaw(Flaw),
}

impl<T: Into<Fault>> From<T> for Wrong {
    fn from(fault: T) -> Self {
        Self::Fault(fault.into())
    }
}

/// Sends one request while this is wrong; returns the caller's error and the number of token requests. Nothing may reach
/// the API, and once the endpoint is well and the pause is over, everything works.
async fn meet<A: Adapter>(wrong: impl Into<Wrong>) -> (Error, usize) {
    let stage = Stage::<A>::new().await;
    match wrong.into() {
        Wrong::Fault(fault) => stage.emulator.token_faults().always(fault),
        Wrong::Flaw(flaw) => stage.emulator.token_flaws().always(flaw),
    }
    let client = stage.client();
    let error = client.refused(stage.get()).await;
    let asked = stage.emulator.token_request_count();
    assert_eq!(stage.emulator.api_request_count(), 0, "sent without a token");
    assert!(stage.emulator.other_requests().is_empty(), "the key went astray");
    let text = format!("{error} {error:?}");
    assert!(!text.contains(Emulator::API_KEY) && !text.contains("Sign in") && !text.contains("doctype"), "{text}");

    stage.emulator.clear_faults();
    let kept = client.refused(stage.get()).await;
    assert_eq!((kept.kind(), kept.retry_at()), (error.kind(), error.retry_at()));
    assert_eq!(stage.emulator.token_request_count(), asked, "a failure that is kept costs no request");
    // Whoever waited is told when it makes sense to come back.
    let pause = error.retry_at().and_then(|at| at.duration_since(stage.clock.wall()).ok());
    stage.clock.advance(pause.unwrap());
    assert_eq!(client.send(stage.get()).await.unwrap().status(), StatusCode::OK);
    (error, asked)
}

/// Kind of error and number of requests, and a word of the message.
#[track_caller]
fn check((error, asked): &(Error, usize), kind: ErrorKind, wanted: usize, word: &str) {
    assert_eq!((error.kind(), *asked), (kind, wanted), "{error}");
    assert!(error.to_string().contains(word), "{word:?} in {error}");
}

async fn whatever_goes_wrong_is_an_error_of_its_kind_and_costs_so_many_requests<A: Adapter>() {
    let delayed = Fault::Delay(Duration::from_millis(1)).then(Fault::Reset);
    for (fault, kind, asked, word) in [
        (Fault::Reset, ErrorKind::Transient, ATTEMPTS, "could not be reached"),
        (delayed, ErrorKind::Transient, ATTEMPTS, "could not be reached"),
        (Fault::Truncated, ErrorKind::Transient, ATTEMPTS, "broke off"),
        (Fault::Oversized(2 * 1024 * 1024), ErrorKind::Malformed, ATTEMPTS, "longer than"),
        (Fault::Oversized(1024 * 1024 + 1), ErrorKind::Malformed, ATTEMPTS, "longer than 1048576 bytes"),
    ] {
        let met = meet::<A>(fault).await;
        check(&met, kind, asked, word);
        assert_eq!(met.0.status(), None, "there was no whole answer");
    }
    let met = meet::<A>(Fault::Garbage).await;
    check(&met, ErrorKind::Malformed, ATTEMPTS, "no token answer");
    assert_eq!(met.0.status(), Some(200));
    for status in [302, 303, 307, 308] {
        for to in [Origin::Main, Origin::Other] {
            let status = StatusCode::from_u16(status).unwrap();
            let met = meet::<A>(Fault::Redirect { status, to }).await;
            check(&met, ErrorKind::Malformed, 1, "redirect");
            assert_eq!(met.0.status(), Some(status.as_u16()));
        }
    }
}

fn oauth(status: u16, code: &str) -> Answer {
    let body = format!(r#"{{"error":"{code}","error_description":"the issuer's own words"}}"#);
    Answer::new(StatusCode::from_u16(status).unwrap()).with_body("application/json", body)
}

async fn every_error_code_is_an_error_of_its_kind_and_is_told<A: Adapter>() {
    for (code, kind, asked) in [
        ("invalid_request", ErrorKind::Rejected, 1),
        ("invalid_client", ErrorKind::Rejected, 1),
        ("invalid_grant", ErrorKind::Rejected, 1),
        ("unauthorized_client", ErrorKind::Rejected, 1),
        ("unsupported_grant_type", ErrorKind::Rejected, 1),
        ("invalid_scope", ErrorKind::Rejected, 1),
        ("invalid_target", ErrorKind::Rejected, 1),
        ("a_code_of_the_vendors_own", ErrorKind::Rejected, 1),
        ("interaction_required", ErrorKind::InteractionRequired, 1),
        ("login_required", ErrorKind::InteractionRequired, 1),
        ("consent_required", ErrorKind::InteractionRequired, 1),
        ("account_selection_required", ErrorKind::InteractionRequired, 1),
        ("temporarily_unavailable", ErrorKind::Transient, ATTEMPTS),
        ("server_error", ErrorKind::Transient, ATTEMPTS),
        ("slow_down", ErrorKind::Transient, ATTEMPTS),
    ] {
        for status in [400, 401] {
            let met = meet::<A>(oauth(status, code)).await;
            check(&met, kind, asked, "the issuer's own words");
            assert_eq!((met.0.code(), met.0.status()), (Some(code), Some(status)));
            assert_eq!(met.0.is_transient(), kind == ErrorKind::Transient);
        }
    }
    let met = meet::<A>(Wrong::Flaw(Flaw::ErrorWithSuccess)).await;
    check(&met, ErrorKind::Rejected, 1, "invalid_grant");
}

async fn every_status_is_an_error_of_its_kind_with_a_body_and_without<A: Adapter>() {
    for (status, with_code, without_code) in [
        (400, (ErrorKind::Rejected, 1), (ErrorKind::Transient, 1)),
        (401, (ErrorKind::Rejected, 1), (ErrorKind::Transient, 1)),
        (403, (ErrorKind::Rejected, 1), (ErrorKind::Transient, 1)),
        (404, (ErrorKind::Rejected, 1), (ErrorKind::Transient, 1)),
        (405, (ErrorKind::Rejected, 1), (ErrorKind::Transient, 1)),
        (408, (ErrorKind::Transient, ATTEMPTS), (ErrorKind::Transient, ATTEMPTS)),
        (418, (ErrorKind::Rejected, 1), (ErrorKind::Transient, 1)),
        (429, (ErrorKind::Transient, ATTEMPTS), (ErrorKind::Transient, ATTEMPTS)),
        (500, (ErrorKind::Transient, ATTEMPTS), (ErrorKind::Transient, ATTEMPTS)),
        (502, (ErrorKind::Transient, ATTEMPTS), (ErrorKind::Transient, ATTEMPTS)),
        (503, (ErrorKind::Transient, ATTEMPTS), (ErrorKind::Transient, ATTEMPTS)),
        (504, (ErrorKind::Transient, ATTEMPTS), (ErrorKind::Transient, ATTEMPTS)),
    ] {
        let plain = || Answer::new(StatusCode::from_u16(status).unwrap());
        for (answer, (kind, asked)) in [
            (oauth(status, "invalid_client"), with_code),
            (plain(), without_code),
            (plain().with_body("text/html", "<!doctype html><h1>Sign in</h1>"), without_code),
            (plain().with_body("application/json", r#"{"message":"Sign in"}"#), without_code),
        ] {
            let met = meet::<A>(answer).await;
            check(&met, kind, asked, "");
            assert_eq!(met.0.status(), Some(status));
        }
    }
}

async fn a_retry_after_is_obeyed_in_both_forms_and_ignored_where_it_makes_no_sense<A: Adapter>() {
    // Where the clock of a stage stands.
    let now = auth_core::runtime::FakeRuntime::new().wall();
    let date = |seconds: u64| httpdate::fmt_http_date(now + Duration::from_secs(seconds));
    let past = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH);
    for status in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS] {
        for (value, seconds) in [
            ("60".to_owned(), Some(60)),
            (date(60), Some(60)),
            ("7200".to_owned(), Some(3600)),
            (past.clone(), None),
            ("soon".to_owned(), None),
            ("-60".to_owned(), None),
            (String::new(), None),
        ] {
            let answer = Answer::new(status).with_header(header::DATE, HeaderValue::try_from(date(0)).unwrap());
            let (error, asked) = meet::<A>(answer.with_retry_after(HeaderValue::try_from(&value).unwrap())).await;
            // More than half a minute is more than one acquisition may take.
            assert_eq!(
                (error.kind(), asked),
                (ErrorKind::Transient, if seconds.is_some() { 1 } else { ATTEMPTS }),
                "{value:?}"
            );
            let told = error.retry_after().map(|pause| pause.as_secs());
            assert_eq!(told.map(|told| told.min(3600)), seconds, "{value:?}");
            let pause = error.retry_at().unwrap().duration_since(now).unwrap();
            assert!(
                pause >= Duration::from_secs(seconds.unwrap_or(0)) && pause <= Duration::from_secs(3600),
                "{pause:?}"
            );
        }
    }
}

async fn what_is_wrong_inside_an_answer_is_an_error_of_its_kind<A: Adapter>() {
    let with = Flaw::With;
    for (flaw, kind, asked, word) in [
        (Flaw::without_access_token(), ErrorKind::Malformed, ATTEMPTS, "access token"),
        (with("access_token", serde_json::Value::Null), ErrorKind::Malformed, ATTEMPTS, "token"),
        (with("access_token", 7.into()), ErrorKind::Malformed, ATTEMPTS, "access_token"),
        (with("access_token", "".into()), ErrorKind::Malformed, ATTEMPTS, ""),
        (with("access_token", "two\nlines".into()), ErrorKind::Malformed, ATTEMPTS, ""),
        (Flaw::token_type("mac"), ErrorKind::Malformed, ATTEMPTS, "token type"),
        (Flaw::token_type("DPoP"), ErrorKind::Malformed, ATTEMPTS, "token type"),
        (Flaw::expires_in("abc"), ErrorKind::Malformed, ATTEMPTS, "lifetime"),
        (Flaw::expires_in(true), ErrorKind::Malformed, ATTEMPTS, "lifetime"),
        (Flaw::expires_in(0), ErrorKind::ExpiredOnArrival, 1, ""),
        (Flaw::expires_in(-5), ErrorKind::ExpiredOnArrival, 1, ""),
        (Flaw::expires_in("0"), ErrorKind::ExpiredOnArrival, 1, ""),
    ] {
        let what = format!("{flaw:?}");
        let met = meet::<A>(Wrong::Flaw(flaw)).await;
        assert_eq!((met.0.kind(), met.1), (kind, asked), "{what}: {}", met.0);
        check(&met, kind, asked, word);
    }
}

async fn what_is_odd_but_not_wrong_is_a_token<A: Adapter>() {
    for flaw in [
        Flaw::expires_in("3600"),
        Flaw::expires_in(3600.5),
        Flaw::expires_in(1e300),
        Flaw::without_expires_in(),
        Flaw::without_expires_in().and(Flaw::Without("expiration")),
        Flaw::expires_in(serde_json::Value::Null),
        Flaw::token_type("bEaReR"),
        Flaw::Without("token_type"),
        Flaw::With("vendor", serde_json::json!({"nested": [1, 2, {}]})),
        Flaw::SameToken,
    ] {
        let stage = Stage::<A>::new().await;
        stage.emulator.token_flaws().once(flaw.clone());
        assert_eq!(stage.client().send(stage.get()).await.unwrap().status(), StatusCode::OK, "{flaw:?}");
        assert_eq!(stage.authorizations(), [stage.bearer(0)], "{flaw:?}");
        assert_eq!(stage.counts(), (1, 1), "{flaw:?}");
    }
    for fault in [
        Fault::Oversized(1024 * 1024),
        Fault::Delay(Duration::from_millis(1)),
        Fault::Sequence(vec![Fault::Delay(Duration::ZERO), Fault::Oversized(4096)]),
    ] {
        let stage = Stage::<A>::new().await;
        stage.emulator.token_faults().once(fault);
        assert_eq!(stage.client().send(stage.get()).await.unwrap().status(), StatusCode::OK);
        assert_eq!(stage.counts(), (1, 1));
    }
}

//! A source with one flaw at a time, of those that people write, and what the check says of it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use auth_core::adapter::retry_after;
use auth_core::exchange::TokenEndpoint;
use auth_core::sources::StaticToken;
use auth_core::testing::SourceCheck;
use auth_core::{Error, ErrorKind, FetchContext, Secret, Token, TokenSource, async_trait};
use bytes::Bytes;
use http::header::LOCATION;
use http::{Request, Response};

const URL: &str = "https://login.example.com/v1/token";
const PASSWORD: &str = "mF6-xT3.qL9_dV2";
const LIMIT: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    None,
    Remembers,
    QuotesTheBody,
    QuotesTheRefusal,
    QuotesTheParser,
    LogsTheRequest,
    LogsTheToken,
    SwallowsRetryAfter,
    ReadsNoDate,
    TriesAgain,
    LoopsForEver,
    FollowsRedirects,
    AsksElsewhere,
    RefusesInAnOutage,
    RefusesOnAnyPage,
    WaitsOnRefusals,
    Panics,
    TakesAnyLength,
    StatesNoLifetime,
    MakesUpAnEnd,
    TakesAsLongAsItLikes,
    IsBusyForEver,
    HandsOutNonsense,
    GivesUpAtTheThirdFailure,
    QuotesTheTokenOnce,
}

struct Login {
    endpoint: TokenEndpoint,
    flaw: Flaw,
    kept: Mutex<Option<String>>,
    busy: AtomicBool,
    failures: AtomicUsize,
}

impl Login {
    fn new(flaw: Flaw) -> Self {
        Self {
            endpoint: TokenEndpoint::parse(URL).unwrap(),
            flaw,
            kept: Mutex::default(),
            busy: AtomicBool::new(false),
            failures: AtomicUsize::new(0),
        }
    }

    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    async fn send(&self, cx: &FetchContext, url: &str) -> Result<Response<Bytes>, Error> {
        let request = Request::post(url).body(Bytes::from(format!(r#"{{"password":"{PASSWORD}"}}"#))).unwrap();
        if self.is(Flaw::LogsTheRequest) {
            tracing::trace!(body = ?request.body(), "logging in");
        }
        let limit = if self.is(Flaw::TakesAnyLength) { usize::MAX } else { LIMIT };
        cx.transport()?.send(request, limit).await
    }

    fn token(&self, body: &[u8]) -> Result<Token, Error> {
        let malformed = || Error::new(ErrorKind::Malformed, "the login answer holds no token");
        let answer = serde_json::from_slice::<serde_json::Value>(body);
        if let (Flaw::Panics, Err(_)) = (self.flaw, &answer) {
            panic!("no JSON");
        }
        if let (Flaw::HandsOutNonsense, Err(_)) = (self.flaw, &answer) {
            return Ok(Token::bearer("nonsense"));
        }
        if let (Flaw::QuotesTheParser, Err(_)) = (self.flaw, &answer) {
            let text = String::from_utf8_lossy(body);
            let begin: String = text.chars().take(60).collect();
            return Err(Error::new(ErrorKind::Malformed, format!("no JSON: {begin}")));
        }
        let answer = answer.map_err(|_| malformed())?;
        let jwt = answer["jwt"].as_str().ok_or_else(malformed)?;
        if self.is(Flaw::LogsTheToken) {
            tracing::debug!("logged in: {jwt}");
        }
        *self.kept.lock().unwrap() = Some(jwt.to_owned());
        let token = Token::bearer(Secret::new(jwt));
        Ok(match answer["ttl_s"].as_u64() {
            _ if self.is(Flaw::StatesNoLifetime) => token,
            Some(seconds) => token.expires_in(Duration::from_secs(seconds)),
            None if self.is(Flaw::MakesUpAnEnd) => token.expires_in(Duration::from_secs(3600)),
            None => token,
        })
    }

    fn read(&self, cx: &FetchContext, response: &Response<Bytes>) -> Result<Token, Error> {
        let text = || String::from_utf8_lossy(response.body());
        let result = match response.status().as_u16() {
            200..=299 => self.token(response.body()),
            300..=399 => Err(Error::new(ErrorKind::Malformed, "the login url redirects").do_not_repeat()),
            429 | 500..=599 if self.is(Flaw::QuotesTheBody) => Err(Error::transient(format!("no login: {}", text()))),
            500..=599
                if self.is(Flaw::GivesUpAtTheThirdFailure) && self.failures.fetch_add(1, Ordering::SeqCst) == 2 =>
            {
                Ok(Token::bearer("offline"))
            }
            500..=599 if self.is(Flaw::QuotesTheTokenOnce) => match self.kept.lock().unwrap().take() {
                Some(kept) => Err(Error::transient(format!("no login: {kept} has to do"))),
                None => Err(Error::transient("no login at present")),
            },
            429 | 500..=599 if self.is(Flaw::RefusesInAnOutage) => Err(Error::new(ErrorKind::Rejected, "no login")),
            429 | 500..=599 => Err(Error::transient("no login at present")),
            401 if self.is(Flaw::WaitsOnRefusals) => Err(Error::transient("no login")),
            401 if self.is(Flaw::QuotesTheRefusal) => {
                let refused = Error::new(ErrorKind::Rejected, "the login was refused");
                Err(refused.with_code(None, Some(text().into_owned())))
            }
            401 => Err(Error::new(ErrorKind::Rejected, "the login was refused")),
            _ if self.is(Flaw::RefusesOnAnyPage) => Err(Error::new(ErrorKind::Rejected, "no login")),
            _ => Err(Error::transient("the login was answered without a code").do_not_repeat()),
        };
        let pause = match self.flaw {
            Flaw::SwallowsRetryAfter => None,
            Flaw::ReadsNoDate => response
                .headers()
                .get("retry-after")
                .and_then(|value| value.to_str().ok()?.parse().ok().map(Duration::from_secs)),
            _ => retry_after(response.headers(), cx.started().wall()),
        };
        result.map_err(|error| error.with_retry_after(pause))
    }
}

#[async_trait]
impl TokenSource for Login {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        if let (Flaw::Remembers, Some(kept)) = (self.flaw, &*self.kept.lock().unwrap()) {
            return Ok(Token::bearer(kept.clone()).expires_in(Duration::from_secs(3600)));
        }
        if self.is(Flaw::IsBusyForEver) && self.busy.swap(true, Ordering::SeqCst) {
            return Err(Error::transient("a login is under way"));
        }
        if self.is(Flaw::TakesAsLongAsItLikes) {
            cx.allow(Duration::from_secs(3600));
        }
        if self.is(Flaw::AsksElsewhere) {
            let _ = self.send(cx, "https://telemetry.example.com/").await;
        }
        let url = self.endpoint.uri().to_string();
        let mut response = self.send(cx, &url).await?;
        for _ in 0..2 {
            if self.is(Flaw::TriesAgain) && response.status().is_server_error() {
                response = self.send(cx, &url).await?;
            }
        }
        while self.is(Flaw::LoopsForEver) && response.status().is_server_error() {
            response = self.send(cx, &url).await?;
        }
        if self.is(Flaw::FollowsRedirects) && response.status().is_redirection() {
            response = self.send(cx, response.headers()[LOCATION].to_str().unwrap()).await?;
        }
        self.busy.store(false, Ordering::SeqCst);
        self.read(cx, &response)
    }
}

fn check(flaw: Flaw) -> SourceCheck {
    SourceCheck::new(URL, move || Login::new(flaw))
        .grants(|token, seconds| format!(r#"{{"jwt":"{token}","ttl_s":{seconds}}}"#))
        .grants_endless(|token| format!(r#"{{"jwt":"{token}"}}"#))
        .refuses(401, |why| format!(r#"{{"code":"bad_login","message":"{why}"}}"#))
        .secret("the password", PASSWORD)
}

fn broken(flaw: Flaw) -> Vec<&'static str> {
    let report = check(flaw).run();
    assert_eq!(report.is_ok(), report.broken().count() == 0);
    let hunted = report.to_string();
    assert!(!hunted.contains(&PASSWORD[..8]) && !hunted.contains("Kx7QvT2m"), "{hunted}");
    report.broken().collect()
}

#[test]
fn one_without_a_flaw_keeps_every_promise() {
    assert_eq!(broken(Flaw::None), <[&str; 0]>::default());
}

#[test]
fn each_flaw_is_found_by_the_name_of_what_it_breaks() {
    const SECRET: &[&str] = &["errors and logs show no secret"];
    const ALONE: &[&str] = &["asks its own endpoint alone"];
    const PAUSED: &str = "503 with Retry-After: 7 is transient, with that pause";
    const LIMITED: &str = "429 with Retry-After: 7 is transient, with that pause";
    const DATED: &str = "429 with a date in Retry-After is transient, with that pause";
    const MALFORMED: &[&str] = &[
        "a page in place of an answer is malformed",
        "no body is malformed",
        "an answer that breaks off is malformed",
    ];
    for (flaw, promises) in [
        // Its authenticator, too, is handed the old token as a new one.
        (Flaw::Remembers, &["remembers no token", "an outage is served"][..]),
        (Flaw::QuotesTheBody, SECRET),
        (Flaw::QuotesTheRefusal, SECRET),
        (Flaw::QuotesTheParser, SECRET),
        (Flaw::LogsTheRequest, SECRET),
        (Flaw::LogsTheToken, SECRET),
        (Flaw::SwallowsRetryAfter, &[PAUSED, LIMITED, DATED]),
        (Flaw::ReadsNoDate, &[DATED]),
        (Flaw::TriesAgain, &["asks once a call"]),
        // What ends is the call, at its deadline.
        (Flaw::LoopsForEver, &["503 is transient", PAUSED, "an outage is served", "asks once a call"]),
        (Flaw::FollowsRedirects, ALONE),
        (Flaw::AsksElsewhere, ALONE),
        (Flaw::RefusesInAnOutage, &["503 is transient", PAUSED, LIMITED, DATED]),
        (Flaw::RefusesOnAnyPage, &["404 of something between is no refusal"]),
        (Flaw::WaitsOnRefusals, &["a refusal is rejected", "a refusal that repeats the request is rejected"]),
        (Flaw::Panics, MALFORMED),
        (Flaw::HandsOutNonsense, MALFORMED),
        (Flaw::TakesAnyLength, &["an answer without end is malformed"]),
        // Its authenticator keeps the first for ever, and never asks again.
        (
            Flaw::StatesNoLifetime,
            &[
                "brings what is granted",
                "a token that has expired on arrival is ExpiredOnArrival",
                "an outage is served",
            ],
        ),
        (Flaw::MakesUpAnEnd, &["a token without an end is kept"]),
        (Flaw::TakesAsLongAsItLikes, &["no answer ends at the deadline"]),
        // In an outage alone, in which callers come three times.
        (Flaw::GivesUpAtTheThirdFailure, &["an outage is served"]),
        // The first failure of an outage, before others.
        (Flaw::QuotesTheTokenOnce, SECRET),
        (Flaw::IsBusyForEver, &["what is dropped half-way leaves nothing"]),
    ] {
        assert_eq!(broken(flaw), promises, "{flaw:?}");
    }
}

/// Such as one over a vendor's SDK: nothing was looked at, and that is no praise.
#[test]
fn one_that_does_not_ask_over_the_transport_is_told_so() {
    let report = SourceCheck::new(URL, || StaticToken::new("given").unwrap()).run();
    assert!(report.broken().any(|promise| promise == "brings what is granted"), "{report}");
    assert!(report.to_string().contains("it did not ask the endpoint by the transport"), "{report}");
}

#[test]
fn a_check_that_looks_for_no_credential_is_told_so() {
    let unnamed =
        || SourceCheck::new(URL, || Login::new(Flaw::None)).grants(|token, _| format!(r#"{{"jwt":"{token}"}}"#));
    let report = unnamed().run();
    assert!(report.broken().any(|promise| promise == "errors and logs show no secret"), "{report}");
    assert!(report.to_string().contains("name it by `secret()`"), "{report}");
    let report = unnamed().has_no_secret().run();
    assert!(report.broken().all(|promise| promise != "errors and logs show no secret"), "{report}");
}

#[test]
fn what_was_not_looked_at_is_listed() {
    let report = check(Flaw::None).grants(|token, seconds| format!(r#"{{"jwt":"{token}","ttl_s":{seconds}}}"#)).run();
    report.assert();
    assert_eq!(report.skipped().collect::<Vec<_>>(), ["a token without an end is kept"]);
    assert_eq!(check(Flaw::None).run().skipped().count(), 0);
}

/// Tasks would go to tokio, and keep to no fake clock.
#[tokio::test]
#[should_panic(expected = "outside of any tokio runtime")]
async fn a_check_inside_a_tokio_runtime_says_where_it_belongs() {
    let _report = check(Flaw::None).run();
}

/// The guide's first column is what `broken()` returns.
#[test]
fn the_guide_names_every_promise_as_the_report_does() {
    let guide = include_str!("../../docs/guides/testing.md");
    let (_, table) = guide.split_once("| promise | the server |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let names = rows.map(|row| row.split('`').nth(1).unwrap_or_else(|| panic!("{row}")).to_owned());
    let report = check(Flaw::None).run().to_string();
    let kept = report.lines().map(|line| line.strip_prefix("kept    ").unwrap_or_else(|| panic!("{line}")).to_owned());
    assert_eq!(names.collect::<Vec<_>>(), kept.collect::<Vec<_>>());
}

#[test]
#[should_panic(expected = "BROKEN  remembers no token: the second call")]
fn a_test_with_a_bad_source_ends_with_the_table() {
    check(Flaw::Remembers).run().assert();
}

//! An API that misbehaves, over real sockets: its trouble is handed on as it is, and costs no token.

use std::time::Duration;

use auth_core::Outcome;
use auth_emulator::{Answer, Fault, Gate, Origin, StatusCode};
use http::{HeaderValue, Request, header};

use crate::rig::{Adapter, Failed, Load, Replay, Stage, over_all};

over_all!(
    a_broken_connection_is_the_clients_error_and_the_token_stays,
    an_answer_that_is_not_about_the_token_is_handed_on_and_the_token_stays,
    a_401_is_about_the_token_unless_it_says_otherwise,
    a_broken_connection_at_the_second_sending_is_the_clients_error,
    a_request_that_hangs_can_be_given_up_and_delays_nobody,
    a_slow_api_delays_its_own_request_only,
    a_revoked_and_an_expired_token_are_replaced_once,
);

async fn a_broken_connection_is_the_clients_error_and_the_token_stays<A: Adapter>() {
    for fault in [Fault::Reset, Fault::Truncated, Fault::Delay(Duration::from_millis(1)).then(Fault::Reset)] {
        let stage = Stage::<A>::new().await;
        stage.auth.warm_up().await.unwrap();
        stage.emulator.api_faults().once(fault.clone());
        let failed = stage.client().send(stage.get()).await.unwrap_err();
        assert!(matches!(failed, Failed::Client(_)), "{fault:?}: {failed:?}");
        assert_eq!(stage.counts(), (1, 1), "{fault:?}: sent once, and no token for it");
        assert_eq!(stage.client().send(stage.get()).await.unwrap().status(), StatusCode::OK);
        assert!(!stage.auth.status().is_suspect());
        assert_eq!(stage.emulator.token_request_count(), 1);
    }
}

async fn an_answer_that_is_not_about_the_token_is_handed_on_and_the_token_stays<A: Adapter>() {
    let answer = |status: u16| Answer::new(StatusCode::from_u16(status).unwrap()).with_body("text/plain", "its body");
    let faults = [204, 301, 302, 307, 400, 403, 404, 407, 408, 409, 429, 500, 502, 503, 504]
        .map(|status| (status, answer(status).into()));
    let unavailable = (503, answer(503).with_retry_after(60).into());
    let rest = [unavailable, (200, Fault::Garbage), (200, Fault::Oversized(2 * 1024 * 1024))];
    let stage = Stage::<A>::new().await;
    let client = stage.client();
    for (status, fault) in faults.into_iter().chain(rest) {
        let fault: Fault = fault;
        stage.emulator.api_faults().once(fault.clone());
        let before = stage.emulator.api_request_count();
        let response = client.send(stage.get()).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{fault:?}");
        assert!(response.extensions().get::<Outcome>().is_none(), "{fault:?}");
        assert_eq!(stage.counts(), (1, before + 1), "{fault:?}");
        if let (Fault::Oversized(length), body) = (&fault, response.body()) {
            assert!(body.len() >= *length, "the caller's answers have no limit");
        }
    }
    assert!(!stage.auth.status().is_suspect());
}

async fn a_401_is_about_the_token_unless_it_says_otherwise<A: Adapter>() {
    for (challenge, sendings) in [
        (None, 2),
        (Some("Bearer"), 2),
        (Some(r#"Bearer error="invalid_token""#), 2),
        (Some(r#"Bearer error="expired_token""#), 2),
        (Some(r#"Basic realm="api""#), 2),
        (Some(r#"Bearer error="insufficient_scope""#), 1),
        (Some(r#"Bearer error="invalid_request""#), 1),
        (Some("complete \"nonsense"), 2),
    ] {
        let stage = Stage::<A>::new().await;
        let answer = Answer::new(StatusCode::UNAUTHORIZED);
        stage.emulator.api_faults().once(match challenge {
            Some(challenge) => answer.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge)),
            None => answer,
        });
        let response = stage.client().send(stage.get()).await.unwrap();
        assert_eq!(response.status(), if sendings == 2 { StatusCode::OK } else { StatusCode::UNAUTHORIZED });
        assert_eq!(stage.counts(), (sendings, sendings), "{challenge:?}");
    }
}

async fn a_broken_connection_at_the_second_sending_is_the_clients_error<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    stage.emulator.api_faults().once(Answer::new(StatusCode::UNAUTHORIZED));
    stage.emulator.api_faults().once(Fault::Reset);
    let failed = stage.client().send(stage.get()).await.unwrap_err();
    assert!(matches!(failed, Failed::Client(_)), "{failed:?}");
    assert_eq!(stage.counts(), (2, 2));
    assert_eq!(stage.client().send(stage.get()).await.unwrap().status(), StatusCode::OK);
    assert_eq!(stage.emulator.token_request_count(), 2);
}

async fn a_request_that_hangs_can_be_given_up_and_delays_nobody<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    stage.emulator.api_faults().once(Fault::Hold(Gate::new()));
    let hangs = tokio::spawn(stage.client().send(stage.get()));
    stage.emulator.wait_for_api_requests(1).await;
    assert_eq!(stage.client().send(stage.get()).await.unwrap().status(), StatusCode::OK);
    assert!(!hangs.is_finished());
    hangs.abort();
    assert!(hangs.await.unwrap_err().is_cancelled());
    assert_eq!(stage.client().send(stage.get()).await.unwrap().status(), StatusCode::OK);
    assert_eq!(stage.emulator.token_request_count(), 1);
}

async fn a_slow_api_delays_its_own_request_only<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    let (gate, client) = (Gate::new(), stage.client());
    stage.emulator.api_faults().once(Fault::Hold(gate.clone()));
    let slow = tokio::spawn(client.send(stage.get()));
    stage.emulator.wait_for_api_requests(1).await;
    for _ in 0..3 {
        assert_eq!(client.send(stage.get()).await.unwrap().status(), StatusCode::OK);
    }
    gate.open();
    assert_eq!(slow.await.unwrap().unwrap().status(), StatusCode::OK);
    assert_eq!(stage.counts(), (1, 4));
    let other = stage.emulator.requests().into_iter().filter(|request| request.origin() == Origin::Other).count();
    assert_eq!(other, 0);
}

async fn a_revoked_and_an_expired_token_are_replaced_once<A: Adapter>() {
    let stage = Stage::<A>::new().await;
    let client = A::over_sockets(stage.auth.clone(), Replay::Bodies);
    let upload = || Request::put(stage.url("/echo")).body(Load::from("whole")).unwrap();
    client.send(upload()).await.unwrap();
    stage.emulator.revoke_all();
    let response = client.send(upload()).await.unwrap();
    assert_eq!((response.status(), &response.body()[..]), (StatusCode::OK, &b"whole"[..]));
    assert_eq!(stage.counts(), (2, 3));
    // The issuer's clock goes ahead of ours.
    stage.clock.advance(Duration::from_secs(60));
    stage.emulator.advance(Duration::from_secs(3601));
    let response = client.send(upload()).await.unwrap();
    assert_eq!((response.status(), &response.body()[..]), (StatusCode::OK, &b"whole"[..]));
    assert_eq!(stage.counts(), (3, 5));
}

use auth_emulator::{Answer, Emulator, Fault, Flaw, StatusCode};
use http::{HeaderValue, Method, header};

use crate::client::{FORM, api_key_form, send};

#[tokio::test]
async fn debug_prints_no_secret() {
    const CLIENT_SECRET: &str = "client-secret-3141";
    const BASIC: &str = "Y2xpZW50OmNsaWVudC1zZWNyZXQtMzE0MQ==";
    const API_KEY: &str = "api-key-2718";
    let builder = Emulator::builder().with_api_keys([API_KEY]).with_client("client", CLIENT_SECRET);
    let mut printed = format!("{builder:#?}");
    let emulator = builder.start().await.unwrap();

    let answer = Answer::new(StatusCode::OK)
        .with_header(header::SET_COOKIE, HeaderValue::from_static(CLIENT_SECRET))
        .with_body("text/plain", API_KEY);
    emulator.api_faults().once(Fault::from(answer));
    emulator.token_flaws().once(Flaw::With("access_token", CLIENT_SECRET.into()));
    printed += &format!("{:#?}{:#?}", emulator.api_faults(), emulator.token_flaws());
    emulator.clear_faults();

    let basic = format!("Basic {BASIC}");
    let headers = [("content-type", FORM), ("authorization", basic.as_str())];
    let fetched = send(Method::POST, &emulator.token_url(), &headers, api_key_form(API_KEY)).await.unwrap();
    let token = fetched.access_token();
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("x-made-up", &token), ("content-type", "text/plain")];
    let url = format!("{}/things?apikey={API_KEY}&{API_KEY}", emulator.api_url());
    let called = send(Method::POST, &url, &headers, token.clone()).await.unwrap();
    assert_eq!(called.status, StatusCode::OK);
    send(Method::POST, emulator.other_origin(), &[("content-type", FORM)], token.clone()).await.unwrap();

    printed += &format!("{emulator:#?}{:#?}{:#?}", emulator.requests(), emulator.verify(&token));
    let requests = emulator.requests();
    assert!(requests[0].carries(API_KEY) && requests[0].carries(BASIC), "the secrets looked for are the ones sent");
    assert!(requests[1].carries(API_KEY) && requests[1].carries(&token) && requests[2].carries(&token));
    for secret in [CLIENT_SECRET, BASIC, API_KEY, &token] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    assert!(printed.contains("apikey") && printed.contains("[redacted]"), "names stay: {printed}");
}

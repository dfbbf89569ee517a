//! Headers that carry a secret are marked, so that whoever prints a request sees `Sensitive`.

use auth_core::adapter::{Attach, Sent};
use auth_core::runtime::FakeRuntime;
use auth_core::sources::StaticToken;
use auth_core::{TokenSource, source_fn};
use auth_tower::{AuthLayer, Cloned};
use http::{HeaderMap, Request, StatusCode};
use tower::Layer;
use tower_service::Service;

use super::core_types::{token, x_api_key};
use super::stage::{HOUR, Issuer, api_key, builder, granted, uri};
use super::tower_types::{Api, Turn, request};
use super::{all, secrets};

/// Checks that each of the headers is there once, holds its secret, and is marked; and that printing all shows nothing.
#[track_caller]
fn check(headers: &HeaderMap, expected: &[(&str, &str)]) {
    for (name, secret) in expected {
        let value = &headers[*name];
        assert!(value.to_str().unwrap().ends_with(secret), "{name} is to hold its secret");
        assert!(value.is_sensitive(), "{name} is to be marked sensitive");
    }
    let mut request = Request::new(());
    *request.headers_mut() = headers.clone();
    let printed = format!("{request:?}{request:#?}");
    all::check("a request", &printed);
    assert_eq!(printed.matches("Sensitive").count(), 2 * expected.len(), "{printed}");
}

fn attached(source: impl TokenSource) -> HeaderMap {
    let runtime = FakeRuntime::new();
    let auth = builder(&runtime, Issuer::default(), source).build().unwrap();
    let credential = runtime.block_on(auth.token(std::time::Duration::ZERO)).unwrap();
    assert!(credential.headers().all(|(_, value)| value.is_sensitive()));
    let mut headers = HeaderMap::new();
    let sent = auth.attach(&uri(), &mut headers).unwrap();
    assert!(matches!(sent, Attach::Ready(Sent::With { generation: 1 })));
    let mut waited_for = HeaderMap::new();
    auth.attach_credential(&credential, &uri(), &mut waited_for).unwrap();
    assert_eq!(headers, waited_for);
    assert!(waited_for.values().all(http::HeaderValue::is_sensitive));
    headers
}

#[test]
fn every_header_of_a_token_is_sensitive() {
    let three = [
        ("authorization", secrets::ACCESS_TOKEN),
        ("x-api-key", secrets::X_API_KEY),
        ("x-project", secrets::EXTRA_HEADER),
    ];
    check(&attached(source_fn(|_cx| async { Ok(token()) })), &three);
    let key = StaticToken::new(secrets::X_API_KEY).unwrap().in_header(x_api_key());
    check(&attached(key), &[("x-api-key", secrets::X_API_KEY)]);
}

#[test]
fn the_header_is_sensitive_when_a_request_is_sent_again_and_on_the_token_request() {
    let runtime = FakeRuntime::new();
    let issuer = Issuer::default().then(granted(secrets::ACCESS_TOKEN, HOUR)).then(granted(secrets::NEXT_TOKEN, HOUR));
    let auth = builder(&runtime, issuer.clone(), api_key()).build().unwrap();
    let api = Api::new([Turn::Answer(StatusCode::UNAUTHORIZED), Turn::Answer(StatusCode::OK)]);
    let mut client = AuthLayer::new(auth).replay(Cloned).layer(api.clone());
    let mut request = request();
    request.headers_mut().clear();
    assert_eq!(runtime.block_on(client.call(request)).unwrap().status(), StatusCode::OK);
    let [first, second] = &api.seen()[..] else { panic!("it is to be sent twice") };
    check(first, &[("authorization", secrets::ACCESS_TOKEN)]);
    check(second, &[("authorization", secrets::NEXT_TOKEN)]);

    let fetches = issuer.seen();
    assert_eq!(fetches.len(), 2);
    for fetch in fetches {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        check(fetch.headers(), &[("authorization", &STANDARD.encode(secrets::BASIC_PAIR))]);
    }
}

/// What arrives below the reqwest middleware.
#[test]
fn the_header_is_sensitive_below_the_reqwest_middleware_both_times() {
    use std::sync::{Arc, Mutex};

    use crate::rig::{self, Adapter, Redirects, Replay, Reqwest, Setup};

    let runtime = FakeRuntime::new();
    let issuer = Issuer::default().then(granted(secrets::ACCESS_TOKEN, HOUR)).then(granted(secrets::NEXT_TOKEN, HOUR));
    let auth = builder(&runtime, issuer, api_key()).build().unwrap();
    let seen = Arc::<Mutex<Vec<HeaderMap>>>::default();
    let log = Arc::clone(&seen);
    let server = move |request: Request<bytes::Bytes>| {
        let mut seen = log.lock().unwrap();
        seen.push(request.headers().clone());
        let status = if seen.len() == 1 { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
        std::future::ready(http::Response::builder().status(status).body(bytes::Bytes::new()).unwrap())
    };
    let setup = Setup { auth, replay: Replay::AsMade, redirects: Redirects::Returned, server: Arc::new(server) };
    let response = runtime.block_on(Reqwest::in_process(setup).send(rig::get(uri()))).unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let [first, second] = &seen.lock().unwrap()[..] else { panic!("it is to be sent twice") };
    check(first, &[("authorization", secrets::ACCESS_TOKEN)]);
    check(second, &[("authorization", secrets::NEXT_TOKEN)]);
}

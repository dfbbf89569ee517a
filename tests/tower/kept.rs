//! A client that is kept has a copy of the token for itself; nobody can tell, but for the time it takes.

use std::future::ready;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::sources::StaticToken;
use auth_core::{Authenticator, ErrorKind, Outcome, RequestAuth, Token, source_fn};
use auth_tower::{Auth, AuthLayer, Error, Never};
use http::{HeaderName, HeaderValue, header::AUTHORIZATION};
use tower::Layer;

use super::fixture::{get, send};
use crate::rig::{Api, Counting, ORIGIN};

const HOUR: Duration = Duration::from_secs(3600);

/// A client that has made its copy.
async fn kept(auth: &Authenticator, api: &Api) -> Auth<Api, Never> {
    let mut client = AuthLayer::new(auth.clone()).without_replay().layer(api.clone());
    for _ in 0..4 {
        send(&mut client, get(ORIGIN)).await.unwrap();
    }
    client
}

fn last(api: &Api) -> Option<String> {
    api.authorizations().pop().unwrap()
}

/// `token-1`, `token-2` and so on, for an hour each.
fn hourly(clock: &FakeRuntime) -> Authenticator {
    let number = AtomicU64::new(1);
    let source = source_fn(move |_cx| {
        let token = Token::bearer(format!("token-{}", number.fetch_add(1, Ordering::SeqCst)));
        ready(Ok(token.expires_in(HOUR)))
    });
    Authenticator::builder(source).runtime(clock.clone()).for_origins([ORIGIN]).build().unwrap()
}

#[tokio::test]
async fn a_replaced_token_is_attached_at_once_and_the_old_one_never_again() {
    let (api, source) = (Api::default(), StaticToken::new("old").unwrap());
    let handle = source.handle();
    let auth = Authenticator::builder(source).for_origins([ORIGIN]).build().unwrap();
    let mut client = kept(&auth, &api).await;
    assert_eq!(last(&api).unwrap(), "Bearer old");
    for token in ["new", "newer", "newest"] {
        handle.replace(token).unwrap();
        for _ in 0..4 {
            send(&mut client, get(ORIGIN)).await.unwrap();
            assert_eq!(last(&api).unwrap(), format!("Bearer {token}"));
        }
    }
}

#[tokio::test]
async fn an_invalidated_token_is_not_attached() {
    let (api, auth) = (Api::default(), Counting::default().auth());
    let mut client = kept(&auth, &api).await;
    auth.invalidate();
    send(&mut client, get(ORIGIN)).await.unwrap();
    assert_eq!(last(&api).unwrap(), "Bearer token-2");
}

#[tokio::test]
async fn a_token_that_has_ended_by_either_clock_is_not_attached() {
    type End = fn(&FakeRuntime);
    let ends: [End; 2] = [|clock| clock.advance(HOUR), |clock| clock.suspend(HOUR)];
    for end in ends {
        let (api, clock) = (Api::default(), FakeRuntime::new());
        let mut client = kept(&hourly(&clock), &api).await;
        end(&clock);
        send(&mut client, get(ORIGIN)).await.unwrap();
        assert_eq!(last(&api).unwrap(), "Bearer token-2");
    }
}

#[tokio::test]
async fn a_token_that_was_refreshed_early_is_attached_at_once() {
    let (api, clock) = (Api::default(), FakeRuntime::new());
    let auth = hourly(&clock);
    let mut client = kept(&auth, &api).await;
    clock.advance(HOUR - Duration::from_secs(60));
    send(&mut client, get(ORIGIN)).await.unwrap();
    assert_eq!(last(&api).unwrap(), "Bearer token-1", "nobody waits for an early refresh");
    auth.token(HOUR).await.unwrap();
    send(&mut client, get(ORIGIN)).await.unwrap();
    assert_eq!(last(&api).unwrap(), "Bearer token-2");
}

#[tokio::test]
async fn after_a_shutdown_nothing_is_sent() {
    let (api, auth) = (Api::default(), Counting::default().auth());
    let mut client = kept(&auth, &api).await;
    let shutdown = auth.shutdown();
    for _ in 0..2 {
        let error = send(&mut client, get(ORIGIN)).await.unwrap_err();
        assert!(matches!(error, Error::Auth(error) if error.kind() == ErrorKind::Closed));
    }
    shutdown.await;
    send(&mut client, get(ORIGIN)).await.unwrap_err();
    assert_eq!(api.got().len(), 4);
}

#[tokio::test]
async fn a_token_that_was_rejected_elsewhere_is_replaced_here_too() {
    let (api, auth) = (Api::default(), Counting::default().auth());
    let mut client = kept(&auth, &api).await;
    let mut other = AuthLayer::new(auth.clone()).layer(api.clone());
    api.refuse("token-1");
    assert!(send(&mut other, get(ORIGIN)).await.unwrap().status().is_success());
    assert!(send(&mut client, get(ORIGIN)).await.unwrap().status().is_success());
    assert_eq!(last(&api).unwrap(), "Bearer token-2");
}

#[tokio::test]
async fn a_401_after_a_hit_is_heard_of() {
    let (api, auth) = (Api::default(), Counting::default().auth());
    let mut client = kept(&auth, &api).await;
    api.refuse("token-1");
    let response = send(&mut client, get(ORIGIN)).await.unwrap();
    assert!(response.extensions().get::<Outcome>().unwrap().is_rejected());
    assert!(send(&mut client, get(ORIGIN)).await.unwrap().status().is_success());
    assert_eq!(last(&api).unwrap(), "Bearer token-2");
}

#[tokio::test]
async fn the_callers_own_header_wins_with_all_its_values() {
    let (api, auth) = (Api::default(), Counting::default().auth());
    let mut client = kept(&auth, &api).await;
    for values in [&["own"][..], &["own", "twice"]] {
        let mut request = get(ORIGIN);
        request.headers_mut().append("x-other", HeaderValue::from_static("one"));
        for value in values {
            request.headers_mut().append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        send(&mut client, request).await.unwrap();
        let got = api.got().pop().unwrap();
        assert!(got.headers.get_all(AUTHORIZATION).iter().eq(values));
        assert_eq!(got.header("x-other"), Some("one"));
    }
    let mut request = get(ORIGIN);
    request.headers_mut().append("x-other", HeaderValue::from_static("one"));
    request.headers_mut().append("x-other", HeaderValue::from_static("two"));
    send(&mut client, request).await.unwrap();
    assert_eq!(last(&api).unwrap(), "Bearer token-1");
}

#[tokio::test]
async fn another_origin_gets_nothing() {
    let (api, auth) = (Api::default(), Counting::default().auth());
    let mut client = kept(&auth, &api).await;
    for url in ["https://elsewhere.example.com/", "http://api.example.com/", "https://api.example.com:8443/"] {
        send(&mut client, get(url)).await.unwrap();
        assert_eq!(last(&api), None);
    }
    send(&mut client, get("HTTPS://API.example.com:443/")).await.unwrap();
    assert_eq!(last(&api).unwrap(), "Bearer token-1");
}

#[tokio::test]
async fn any_header_name_will_do_and_any_number_of_headers() {
    let name = HeaderName::from_bytes(b"x-api-key").unwrap();
    let more = HeaderName::from_static("x-project");
    for names in [&[&name][..], &[&name, &more]] {
        let token = Token::in_header(name.clone(), "key");
        let token = if names.len() > 1 { token.with_header(more.clone(), "project") } else { token };
        let source = source_fn(move |_cx| ready(Ok(token.clone())));
        let (api, auth) = (Api::default(), Authenticator::builder(source).for_origins([ORIGIN]).build().unwrap());
        kept(&auth, &api).await;
        for got in api.got() {
            assert_eq!(got.header("x-api-key"), Some("key"));
            assert!(names.iter().all(|name| got.headers[*name].is_sensitive()));
            assert_eq!(got.headers.contains_key(&more), names.len() > 1);
        }
    }
}

#[tokio::test]
async fn the_callers_own_header_wins_under_every_name_that_the_credential_writes() {
    let (name, more) = (HeaderName::from_static("x-api-key"), HeaderName::from_static("x-project"));
    let one = Token::in_header(name, "key");
    let two = one.clone().with_header(more, "project");
    for (token, headers) in [(one, &["x-api-key"][..]), (two, &["x-api-key", "x-project"])] {
        let source = source_fn(move |_cx| ready(Ok(token.clone())));
        let (api, auth) = (Api::default(), Authenticator::builder(source).for_origins([ORIGIN]).build().unwrap());
        let mut client = kept(&auth, &api).await;
        for own in headers {
            let mut request = get(ORIGIN);
            request.headers_mut().insert(*own, HeaderValue::from_static("own"));
            send(&mut client, request).await.unwrap();
            let got = api.got().pop().unwrap();
            let ours = headers.iter().filter(|name| got.headers.contains_key(**name)).count();
            assert_eq!((got.header(own), ours), (Some("own"), 1), "nothing of ours beside it");
        }
    }
}

#[tokio::test]
async fn each_of_several_origins_gets_the_token_and_no_other() {
    let source = StaticToken::new("key").unwrap();
    let origins = [ORIGIN, "https://second.example.com", "https://third.example.com:8443"];
    let (api, auth) = (Api::default(), Authenticator::builder(source).for_origins(origins).build().unwrap());
    let mut client = kept(&auth, &api).await;
    for origin in origins {
        send(&mut client, get(format!("{origin}/items"))).await.unwrap();
        assert_eq!(last(&api).unwrap(), "Bearer key", "{origin}");
    }
    let strangers = ["https://fourth.example.com/", "https://third.example.com/", "https://user:word@api.example.com/"];
    for url in strangers {
        send(&mut client, get(url)).await.unwrap();
        assert_eq!(last(&api), None, "{url}");
    }
}

#[tokio::test]
async fn a_wish_is_said_to_the_outermost_layer_only() {
    let (api, inner, outer) = (Api::default(), Counting::default(), Counting::default());
    let client = AuthLayer::new(inner.auth()).without_replay().layer(api.clone());
    let mut client = AuthLayer::new(outer.auth()).without_replay().layer(client);
    let mut request = get(ORIGIN);
    request.extensions_mut().insert(RequestAuth::none());
    send(&mut client, request).await.unwrap();
    assert_eq!((outer.fetches(), inner.fetches()), (0, 1));
    assert_eq!(last(&api).unwrap(), "Bearer token-1");
}

#[tokio::test]
async fn clients_that_are_kept_share_nothing_they_write_to() {
    let auth = Counting::default().auth();
    let mut values = Vec::new();
    for _ in 0..2 {
        let api = Api::default();
        kept(&auth, &api).await;
        let sent = api.got().into_iter().map(|got| got.headers[AUTHORIZATION].as_bytes().as_ptr()).collect::<Vec<_>>();
        assert_ne!(sent[0], sent[3], "a copy, from the second use on");
        assert_eq!(sent[2], sent[3], "one copy for all hits");
        values.push((api, sent[3]));
    }
    assert_ne!(values[0].1, values[1].1, "each client its own");
}

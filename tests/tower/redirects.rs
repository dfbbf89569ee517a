//! The layer inside `FollowRedirect`, where it belongs.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use auth_core::adapter::{Sent, Without};
use auth_core::sources::StaticToken;
use auth_core::{Authenticator, Outcome};
use auth_emulator::{Fault, Origin, StatusCode};
use auth_tower::AuthLayer;
use http::header::{AUTHORIZATION, LOCATION};
use http::{HeaderName, Request, Response};
use tower::{ServiceBuilder, service_fn};
use tower_http::follow_redirect::{FollowRedirectLayer, RequestUri};

use super::fixture::{Api, Body, Counting, Stage, get, hyper, send};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Follows one redirect from the API to `location`; says whether each of the two requests carried `header`.
async fn hops(auth: Authenticator, header: &HeaderName, location: &'static str) -> Vec<bool> {
    let carried = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&carried);
    let name = header.clone();
    let server = service_fn(move |request: Request<Body>| {
        let mut seen = seen.lock().unwrap();
        seen.push(request.headers().contains_key(&name));
        let response = Response::builder().status(if seen.len() == 1 { 302 } else { 200 }).header(LOCATION, location);
        std::future::ready(Ok::<_, Infallible>(response.body(Body::default()).unwrap()))
    });
    let mut client =
        ServiceBuilder::new().layer(FollowRedirectLayer::new()).layer(AuthLayer::new(auth)).service(server);
    send(&mut client, get("https://api.example.com/items")).await.unwrap();
    carried.lock().unwrap().clone()
}

fn key_in(header: &HeaderName) -> Authenticator {
    let source = StaticToken::new("key").unwrap();
    let source = if *header == AUTHORIZATION { source } else { source.in_header(header.clone()) };
    Authenticator::builder(source).for_origins(["https://api.example.com"]).build().unwrap()
}

#[tokio::test]
async fn the_header_stays_on_its_origin_whatever_its_name() {
    for header in [AUTHORIZATION, API_KEY] {
        for (location, carried) in [
            ("/other", true),
            ("https://api.example.com/other", true),
            ("https://API.example.com:443/other", true),
            ("https://api.example.com:8443/items", false),
            ("http://api.example.com/items", false),
            ("http://api.example.com:443/items", false),
            ("https://example.com/items", false),
            ("https://api.example.com.evil.example/items", false),
            ("https://api.example.com@evil.example/items", false),
            ("//evil.example/items", false),
        ] {
            assert_eq!(hops(key_in(&header), &header, location).await, [true, carried], "{header} to {location}");
        }
    }
}

#[tokio::test]
async fn a_redirect_to_the_other_origin_takes_no_secret_along() {
    let stage = Stage::new().await;
    let mut client = ServiceBuilder::new()
        .layer(FollowRedirectLayer::new())
        .layer(AuthLayer::new(stage.auth.clone()))
        .service(hyper());
    for status in [StatusCode::FOUND, StatusCode::TEMPORARY_REDIRECT] {
        stage.emulator.api_faults().once(Fault::Redirect { status, to: Origin::Other });
        let response = send(&mut client, stage.get()).await.unwrap();
        let outcome = response.extensions().get::<Outcome>().unwrap();
        assert_eq!(outcome.sent(), Sent::Without(Without::OtherOrigin));
    }
    let token = &stage.emulator.issued_tokens()[0];
    let strays = stage.emulator.other_requests();
    assert_eq!(strays.len(), 2);
    assert!(strays.iter().all(|request| !request.carries(token) && request.header("authorization").is_none()));
}

#[tokio::test]
async fn a_redirect_on_the_same_origin_keeps_the_token() {
    let stage = Stage::new().await;
    let mut client = ServiceBuilder::new()
        .layer(FollowRedirectLayer::new())
        .layer(AuthLayer::new(stage.auth.clone()))
        .service(hyper());
    stage.emulator.api_faults().once(Fault::Redirect { status: StatusCode::FOUND, to: Origin::Main });
    assert_eq!(send(&mut client, stage.get()).await.unwrap().status(), StatusCode::OK);
    assert_eq!(stage.authorizations(), [stage.bearer(0), stage.bearer(0)]);
}

#[tokio::test]
async fn a_401_from_another_origin_below_the_layer_does_not_cost_the_token() {
    let (source, api) = (Counting::default(), Api::default());
    let auth = source.builder().for_origins(["https://api.example.com"]).build().unwrap();
    let elsewhere = api.clone();
    let server = service_fn(move |request: Request<Body>| {
        let mut elsewhere = elsewhere.clone();
        async move {
            if request.uri().host() == Some("api.example.com") {
                let redirect = Response::builder().status(302).header(LOCATION, "https://elsewhere.example.com/");
                return Ok(redirect.body(Body::default()).unwrap());
            }
            tower::Service::call(&mut elsewhere, request).await
        }
    });
    api.answer_once(StatusCode::UNAUTHORIZED);
    // The wrong way round, for whoever can't help it.
    let mut client = ServiceBuilder::new()
        .layer(AuthLayer::new(auth.clone()).answered_by(|found| found.get::<RequestUri>().map(|uri| &uri.0)))
        .layer(FollowRedirectLayer::new())
        .service(server);
    let response = send(&mut client, get("https://api.example.com/")).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(!auth.status().is_suspect());
    assert_eq!((source.fetches(), api.got().len()), (1, 1));
}

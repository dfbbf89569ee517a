//! Services that take requests, and services that fetch tokens.

use auth_core::Outcome;
use auth_core::adapter::{Sent, Without};
use auth_emulator::Emulator;
use auth_tower::{AuthLayer, TowerTransport};
use axum::Router;
use axum::body::{Body as AxumBody, Bytes, to_bytes};
use axum::routing::{get as on_get, post};
use http::{HeaderMap, Request, StatusCode, header};
use tower::Layer;

use super::fixture::{Body, Stage, get, send};
use crate::rig::{Api, Counting, ORIGIN, api_key, hyper};

#[tokio::test]
async fn any_tower_client_can_fetch_tokens() {
    let stage = Stage::with(TowerTransport::new(hyper::<Body>())).await;
    assert_eq!(send(&mut stage.service(), stage.get()).await.unwrap().status(), StatusCode::OK);
    assert_eq!(stage.counts(), (1, 1));
}

#[tokio::test]
async fn a_router_can_be_the_token_endpoint() {
    async fn token(form: Bytes) -> ([(header::HeaderName, &'static str); 1], &'static str) {
        assert!(form.starts_with(b"grant_type="));
        let json = [(header::CONTENT_TYPE, "application/json")];
        (json, r#"{"access_token":"from-the-router","token_type":"Bearer","expires_in":60}"#)
    }
    let emulator = Emulator::start().await.unwrap();
    let router = Router::new().route("/identity/token", post(token));
    let auth = api_key(&emulator).transport(TowerTransport::<_, AxumBody>::with_body(router)).build().unwrap();
    let api = Api::default();
    let mut client = AuthLayer::new(auth).layer(api.clone());
    send(&mut client, get(format!("{}/x", emulator.api_url()))).await.unwrap();
    assert_eq!(api.authorizations(), [Some("Bearer from-the-router".to_owned())]);
    assert_eq!(emulator.token_request_count(), 0);
}

#[tokio::test]
async fn a_router_can_be_the_api() {
    async fn whoami(headers: HeaderMap) -> String {
        headers[header::AUTHORIZATION].to_str().unwrap().to_owned()
    }
    let source = Counting::default();
    let auth = source.builder().connection_bound(ORIGIN).build().unwrap();
    let mut client = AuthLayer::new(auth).layer(Router::new().route("/whoami", on_get(whoami)));
    for _ in 0..2 {
        let request = Request::get("/whoami").body(AxumBody::empty()).unwrap();
        let response = send(&mut client, request).await.unwrap();
        assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "Bearer token-1");
    }
    assert_eq!(source.fetches(), 1);
}

#[tokio::test]
async fn a_connection_bound_token_goes_to_no_other_host() {
    let (api, auth) = (Api::default(), Counting::default().builder().connection_bound(ORIGIN).build().unwrap());
    let mut client = AuthLayer::new(auth).layer(api.clone());
    let response = send(&mut client, get("https://elsewhere.example.com/")).await.unwrap();
    let outcome = response.extensions().get::<Outcome>().unwrap();
    assert_eq!(outcome.sent(), Sent::Without(Without::OtherOrigin));
    assert_eq!(api.authorizations(), [None]);
}

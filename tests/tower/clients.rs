//! Clients that send requests, and clients that fetch tokens.

use auth_core::adapter::{Sent, Without};
use auth_core::exchange::TokenEndpoint;
use auth_core::sources::ApiKey;
use auth_core::{Authenticator, ErrorKind, Outcome};
use auth_emulator::Emulator;
use auth_tower::{AuthLayer, HyperTransport, TowerTransport};
use axum::Router;
use axum::body::{Body as AxumBody, Bytes, to_bytes};
use axum::routing::{get as on_get, post};
use http::{HeaderMap, Request, StatusCode, header};
use tower::Layer;

use super::fixture::{Api, Body, Counting, ORIGIN, Stage, api_key, get, hyper, send};

#[tokio::test]
async fn hypers_client_sends_authenticated_requests_with_one_token() {
    let stage = Stage::new().await;
    let mut client = stage.client();
    for _ in 0..3 {
        assert_eq!(send(&mut client, stage.get()).await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(stage.counts(), (1, 3));
    assert!(stage.authorizations().iter().all(|sent| *sent == stage.bearer(0)));
}

#[tokio::test]
async fn hypers_transport_sends_the_form_and_no_old_token() {
    let stage = Stage::with(HyperTransport::default()).await;
    stage.auth.warm_up().await.unwrap();
    stage.auth.invalidate();
    stage.auth.warm_up().await.unwrap();
    for request in stage.emulator.token_requests() {
        assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
        assert_eq!(request.header("authorization"), None);
        assert!(request.form().contains(&("apikey".into(), Emulator::API_KEY.into())));
    }
    assert_eq!(stage.emulator.issued_tokens().len(), 2);
}

#[tokio::test]
async fn hypers_plain_transport_says_that_it_can_not_do_https() {
    let endpoint = TokenEndpoint::parse("https://iam.example.com/identity/token").unwrap();
    let auth = Authenticator::builder(ApiKey::new(endpoint, "key").unwrap()).transport(HyperTransport::new());
    let error = auth.anywhere().build().unwrap().warm_up().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().contains("with_connector"), "{error}");
}

#[tokio::test]
async fn any_tower_client_can_fetch_tokens() {
    let stage = Stage::with(TowerTransport::new(hyper::<Body>())).await;
    assert_eq!(send(&mut stage.client(), stage.get()).await.unwrap().status(), StatusCode::OK);
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

#[tokio::test]
async fn an_api_that_is_gone_is_the_clients_error_and_no_token_is_blamed() {
    let stage = Stage::new().await;
    let mut client = stage.client();
    send(&mut client, stage.get()).await.unwrap();
    let Stage { emulator, auth, .. } = stage;
    let url = format!("{}/items", emulator.api_url());
    drop(emulator);
    let error = send(&mut client, get(url)).await.unwrap_err();
    assert!(error.auth().is_none(), "{error}");
    assert!(!auth.status().is_suspect());
}

#[tokio::test]
async fn a_token_endpoint_that_is_gone_is_a_transient_error() {
    let stage = Stage::new().await;
    let mut client = stage.client();
    let request = stage.get();
    let Stage { emulator, auth: _auth, clock: _clock } = stage;
    drop(emulator);
    let error = send(&mut client, request).await.unwrap_err();
    let error = error.auth().unwrap();
    assert_eq!(error.kind(), ErrorKind::Transient);
    assert!(error.to_string().contains("could not be reached"), "{error}");
    assert!(!error.to_string().contains("/identity"), "the url stays out of it: {error}");
}

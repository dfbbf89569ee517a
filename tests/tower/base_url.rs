//! Requests with a path only.

use auth_core::{Endpoint, ErrorKind};
use auth_tower::{AuthLayer, BaseUrlLayer, Error};
use http::Request;
use tower::ServiceBuilder;

use super::fixture::{Body, Stage, get, send};
use crate::rig::{Api, Counting, hyper};

fn path(path: &str) -> Request<Body> {
    Request::get(path).body(Body::default()).unwrap()
}

#[tokio::test]
async fn a_path_goes_below_the_base_url_with_the_token() {
    let stage = Stage::new().await;
    let endpoint = Endpoint::parse(&stage.emulator.api_url()).unwrap();
    let mut client = ServiceBuilder::new()
        .layer(BaseUrlLayer::new(endpoint))
        .layer(AuthLayer::new(stage.auth.clone()))
        .service(hyper());
    assert!(send(&mut client, path("/items?limit=5")).await.unwrap().status().is_success());
    let request = &stage.emulator.api_requests()[0];
    assert_eq!((request.path(), request.query()), ("/api/items", Some("limit=5")));
    assert_eq!(request.header("authorization").map(str::to_owned), stage.bearer(0));
}

#[tokio::test]
async fn a_request_with_a_host_of_its_own_is_left_alone_and_gets_no_token_there() {
    let api = Api::default();
    let endpoint = Endpoint::parse("https://api.example.com/v1").unwrap();
    let auth = Counting::default().builder().for_endpoint(&endpoint).build().unwrap();
    let mut client =
        ServiceBuilder::new().layer(BaseUrlLayer::new(endpoint)).layer(AuthLayer::new(auth)).service(api.clone());
    send(&mut client, get("https://elsewhere.example.com/x")).await.unwrap();
    send(&mut client, path("/x")).await.unwrap();
    let uris: Vec<_> = api.got().iter().map(|got| got.uri.to_string()).collect();
    assert_eq!(uris, ["https://elsewhere.example.com/x", "https://api.example.com/v1/x"]);
    assert_eq!(api.authorizations(), [None, Some("Bearer token-1".into())]);
}

#[tokio::test]
async fn a_path_that_is_none_is_refused_and_not_sent() {
    let api = Api::default();
    let endpoint = Endpoint::parse("https://api.example.com").unwrap();
    let auth = Counting::default().builder().for_endpoint(&endpoint).build().unwrap();
    let mut client =
        ServiceBuilder::new().layer(BaseUrlLayer::new(endpoint)).layer(AuthLayer::new(auth)).service(api.clone());
    let request = Request::options("*").body(Body::default()).unwrap();
    let Err(Error::Auth(error)) = send(&mut client, request).await else { panic!("it was sent") };
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(api.got().is_empty());
}

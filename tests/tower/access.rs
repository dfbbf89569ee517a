//! A whole access as one layer.

use auth_core::runtime::FakeRuntime;
use auth_core::{Access, Context, Endpoint, Error, Outcome, Transport, async_trait};
use auth_tower::{AccessLayer, Cloned};
use bytes::Bytes;
use http::{HeaderName, Request, Response, StatusCode};
use tower::Layer;

use super::fixture::{Body, get, send};
use crate::rig::{Api, Counting};

struct Nobody;

#[async_trait]
impl Transport for Nobody {
    async fn send(&self, _: Request<Bytes>, _: usize) -> Result<Response<Bytes>, Error> {
        Err(Error::transient("nobody is there"))
    }
}

fn access() -> Access {
    let context = Context::default().with_header(HeaderName::from_static("x-project-id"), "p-1").unwrap();
    let endpoint = Endpoint::parse("https://api.example.com/v1").unwrap();
    Access::new("acme", Counting::default(), endpoint).with_context(context.with_query("version", "1"))
}

fn layer() -> AccessLayer {
    let auth = access().builder().runtime(FakeRuntime::new()).build().unwrap();
    AccessLayer::sharing(&access(), auth)
}

fn asked(api: &Api) -> Vec<(String, Option<String>)> {
    let of = |name: &str| api.got().iter().map(|got| got.header(name).map(str::to_owned)).collect::<Vec<_>>();
    api.got().iter().map(|got| got.uri.to_string()).zip(of("x-project-id")).collect()
}

#[tokio::test]
async fn a_path_goes_below_the_endpoint_with_the_context_and_the_token() {
    let api = Api::default();
    let mut client = AccessLayer::new(&access(), Nobody).unwrap().layer(api.clone());
    send(&mut client, get("/items?limit=5")).await.unwrap();
    assert_eq!(asked(&api), [("https://api.example.com/v1/items?limit=5&version=1".into(), Some("p-1".into()))]);
    assert_eq!(api.authorizations(), [Some("Bearer token-1".into())]);
}

#[tokio::test]
async fn another_host_gets_neither_the_token_nor_the_context() {
    let api = Api::default();
    let mut client = layer().layer(api.clone());
    for url in [
        "https://elsewhere.example.com/x?signature=s",
        "http://api.example.com:8080/x",
        "https://API.example.com:443/x",
    ] {
        let _ = send(&mut client, get(url)).await;
    }
    let asked = asked(&api);
    assert_eq!(asked[0], ("https://elsewhere.example.com/x?signature=s".into(), None));
    assert_eq!(asked[1], ("http://api.example.com:8080/x".into(), None));
    assert_eq!(asked[2].1, Some("p-1".into()), "it is the same origin, written otherwise");
    assert_eq!(api.authorizations().iter().filter(|sent| sent.is_some()).count(), 1);
}

#[tokio::test]
async fn which_requests_are_sent_again_is_chosen_as_for_the_layer_inside() {
    let post = || Request::post("/items").body(Body::from("x")).unwrap();
    for (again, expected) in [(true, StatusCode::OK), (false, StatusCode::UNAUTHORIZED)] {
        let api = Api::default();
        api.refuse("token-1");
        let response = if again {
            send(&mut layer().replay(Cloned).layer(api.clone()), post()).await.unwrap()
        } else {
            send(&mut layer().without_replay().layer(api.clone()), post()).await.unwrap()
        };
        assert_eq!(response.status(), expected);
        assert_eq!(response.extensions().get::<Outcome>().unwrap().is_replayed(), again);
        assert!(asked(&api).iter().all(|(_, project)| project.as_deref() == Some("p-1")));
    }
}

#[tokio::test]
async fn a_sidecars_access_sends_no_credential_over_plain_http() {
    let access = Access::none_needed("ivcap", Endpoint::parse("http://ivcap.local").unwrap());
    let api = Api::default();
    send(&mut AccessLayer::new(&access, Nobody).unwrap().layer(api.clone()), get("/1/services2")).await.unwrap();
    assert_eq!(asked(&api), [("http://ivcap.local/1/services2".into(), None)]);
    assert_eq!(api.authorizations(), [None]);
}

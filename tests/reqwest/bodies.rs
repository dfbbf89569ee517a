//! Which bodies reqwest can send a second time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::Outcome;
use auth_reqwest::AuthMiddleware;
use bytes::Bytes;
use http::{Extensions, StatusCode, Version};
use http_body_util::Full;
use reqwest::{Body, Request, Response};
use reqwest_middleware::{ClientBuilder, Middleware, Next};

use super::fixture::{Inside, Stage, over, plain};
use crate::rig::{Api, Counting, Load, ORIGIN};

#[tokio::test]
async fn whatever_is_bytes_is_sent_twice_and_whatever_streams_once() {
    for (body, sendings) in [
        (Body::from("text"), 2),
        (Body::from("text".to_owned()), 2),
        (Body::from(b"text".to_vec()), 2),
        (Body::from(Bytes::from("text")), 2),
        // It could be had again, but reqwest can't know.
        (Body::wrap(Full::new(Bytes::from("text"))), 1),
        (Body::wrap(Load::once("text")), 1),
    ] {
        let stage = Stage::new().await;
        stage.auth.warm_up().await.unwrap();
        stage.emulator.revoke_all();
        let response = over(plain(), &stage.auth).post(stage.url("/echo")).body(body).send().await.unwrap();
        assert_eq!(response.status(), if sendings == 2 { StatusCode::OK } else { StatusCode::UNAUTHORIZED });
        let requests = stage.emulator.api_requests();
        assert_eq!(requests.len(), sendings);
        assert!(requests.iter().all(|request| request.body() == "text"), "{requests:?}");
        let outcome = response.extensions().get::<Outcome>().unwrap();
        assert_eq!((outcome.is_replayed(), outcome.is_rejected()), (sendings == 2, sendings == 1));
        // Either way the next one has the new token.
        stage.auth.warm_up().await.unwrap();
        assert_eq!(over(plain(), &stage.auth).get(stage.url("/items")).send().await.unwrap().status(), StatusCode::OK);
        assert_eq!(stage.emulator.token_request_count(), 2);
    }
}

#[tokio::test]
async fn the_401_of_a_stream_has_its_own_body_and_challenge() {
    let stage = Stage::new().await;
    stage.auth.warm_up().await.unwrap();
    stage.emulator.revoke_all();
    let body = Body::wrap(Load::once("text"));
    let response = over(plain(), &stage.auth).post(stage.url("/echo")).body(body).send().await.unwrap();
    assert_eq!(response.headers()["www-authenticate"], r#"Bearer error="invalid_token""#);
    assert!(response.text().await.unwrap().contains("invalid_token"));
}

/// What a request says of itself beside headers and body.
type Said = (Option<Duration>, Version);

/// Notes it.
struct Notes(Arc<Mutex<Vec<Said>>>);

#[async_trait::async_trait]
impl Middleware for Notes {
    async fn handle(
        &self,
        request: Request,
        found: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        self.0.lock().unwrap().push((request.timeout().copied(), request.version()));
        next.run(request, found).await
    }
}

#[tokio::test]
async fn the_second_sending_has_the_time_limit_and_version_of_the_first() {
    let (api, notes) = (Api::default(), Arc::<Mutex<Vec<_>>>::default());
    api.refuse("token-1");
    let client = ClientBuilder::new(plain())
        .with(AuthMiddleware::new(Counting::default().auth()))
        .with(Notes(Arc::clone(&notes)))
        .with(Inside(api))
        .build();
    let limit = Duration::from_secs(7);
    let response = client.get(ORIGIN).timeout(limit).version(Version::HTTP_10).send().await.unwrap();
    assert!(response.extensions().get::<Outcome>().unwrap().is_replayed());
    assert_eq!(*notes.lock().unwrap(), [(Some(limit), Version::HTTP_10); 2]);
}

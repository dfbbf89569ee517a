//! Which requests are sent a second time, by the type of their body.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use auth_tower::AuthLayer;
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body::Frame;
use tower::Layer;

use super::fixture::{Body, send};
use crate::rig::{Api, Counting, ORIGIN};

/// Neither `Clone` nor `Default`.
struct OneShot(Option<Bytes>);

impl http_body::Body for OneShot {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }
}

#[tokio::test]
async fn without_replay_asks_nothing_of_the_body() {
    let (api, source) = (Api::default(), Counting::default());
    let mut client = AuthLayer::new(source.auth()).without_replay().layer(api.clone());
    api.refuse("token-1");
    let upload = || Request::post(ORIGIN).body(OneShot(Some(Bytes::from("whole")))).unwrap();
    assert_eq!(send(&mut client, upload()).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!((api.got().len(), source.fetches()), (1, 2));
    assert_eq!(api.got()[0].body, "whole");
    assert_eq!(send(&mut client, upload()).await.unwrap().status(), StatusCode::OK);
    assert_eq!(api.authorizations()[1], Some("Bearer token-2".into()));
}

#[tokio::test]
async fn by_default_empty_bodies_are_sent_again_and_others_are_not_whatever_they_could() {
    for (method, body, sendings) in [
        (Method::GET, "", 2),
        (Method::POST, "", 2),
        (Method::DELETE, "", 2),
        (Method::POST, "a body", 1),
        (Method::GET, "a body", 1),
    ] {
        for narrowed in [false, true] {
            let (api, layer) = (Api::default(), AuthLayer::new(Counting::default().auth()));
            api.refuse("token-1");
            let request = Request::builder().method(&method).uri(ORIGIN).body(Body::from(body)).unwrap();
            if narrowed {
                send(&mut layer.replay_if(|_, _| true).layer(api.clone()), request).await.unwrap();
            } else {
                send(&mut layer.layer(api.clone()), request).await.unwrap();
            }
            assert_eq!(api.got().len(), sendings, "{method} {body:?}");
            assert!(api.got().iter().all(|got| got.body == body && got.method == method));
        }
    }
}

//! The API of the process as a Tower service, and how services are called.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use auth_tower::{Auth, AuthLayer};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use tower::{Layer, Service, ServiceExt};

use crate::rig;
use crate::rig::{Api, Load};

pub(crate) type Body = Full<bytes::Bytes>;
pub(crate) type Hyper<B = Body> = Client<HttpConnector, B>;

pub(crate) type Stage = rig::Stage<rig::Tower>;

impl Stage {
    /// hyper's client behind the layer.
    pub(crate) fn service(&self) -> Auth<Hyper<Load>> {
        AuthLayer::new(self.auth.clone()).layer(rig::hyper())
    }
}

pub(crate) fn get(url: impl fmt::Display) -> Request<Body> {
    Request::get(url.to_string()).body(Body::default()).unwrap()
}

/// Waits until the service is ready, then calls it.
pub(crate) async fn send<S, B>(service: &mut S, request: Request<B>) -> Result<S::Response, S::Error>
where
    S: Service<Request<B>>,
{
    service.ready().await?.call(request).await
}

impl<B> Service<Request<B>> for Api
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: fmt::Debug,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let api = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Ok(api.respond(Request::from_parts(head, body)).map(Full::new))
        })
    }
}

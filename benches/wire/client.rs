//! The clients: each as a program would build it.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use auth_core::{Authenticator, Token, source_fn};
use auth_reqwest::AuthMiddleware;
use auth_tower::AuthLayer;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header::AUTHORIZATION};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client as Hyper;
use hyper_util::rt::TokioExecutor;
use reqwest_middleware::ClientBuilder;
use tower::{Layer, Service, ServiceExt};
use tower_http::auth::AddAuthorizationLayer;

use crate::Error;
use crate::hit::ReqwestNoOp;

/// Tells tasks to end.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Tells them.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether they were told.
    pub fn is_over(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many requests a task has sent.
type Sending = Pin<Box<dyn Future<Output = Result<u32, Error>> + Send>>;

pub(super) struct Client {
    label: &'static str,
    floor: usize,
    start: Box<dyn Fn(Stop) -> Sending>,
}

impl Client {
    fn new(label: &'static str, floor: usize, start: impl Fn(Stop) -> Sending + 'static) -> Self {
        Self { label, floor, start: Box::new(start) }
    }

    pub(super) fn label(&self) -> &'static str {
        self.label
    }

    /// The place of the client that its ratios are to.
    pub(super) fn floor(&self) -> usize {
        self.floor
    }

    /// Sends one request after the other until told to stop.
    pub(super) fn send_until(&self, stop: Stop) -> Sending {
        (self.start)(stop)
    }
}

/// All of them, over keep-alive connections.
pub(super) fn all(origin: &str) -> Result<Vec<Client>, Error> {
    let secret = || "x".repeat(1024);
    let source = source_fn(move |_cx| ready(Ok(Token::bearer(secret()).expires_in(Duration::from_secs(3600)))));
    let auth = Authenticator::builder(source).for_origins([origin]).build()?;
    let layer = AuthLayer::new(auth.clone());

    let bearer = AddAuthorizationLayer::bearer(&secret());
    let header = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {}", secret()))?)]);
    let uri: Uri = format!("{origin}/items").parse()?;
    let hyper = || Hyper::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let middleware = AuthMiddleware::new(auth);
    let reqwest = |middleware| ClientBuilder::new(reqwest::Client::new()).with(middleware).build();
    let plain = reqwest::Client::builder().default_headers(header).build()?;

    Ok(vec![
        over_tower("hyper-util, `AddAuthorization`", 0, bearer.layer(hyper()), &uri),
        over_tower("hyper-util, `AuthLayer` without replay", 0, layer.clone().without_replay().layer(hyper()), &uri),
        over_tower("hyper-util, `AuthLayer`", 0, layer.layer(hyper()), &uri),
        over_reqwest("reqwest, a default header", 3, ClientBuilder::new(plain.clone()).build(), &uri),
        over_reqwest(
            "the same, with a middleware that does nothing",
            3,
            ClientBuilder::new(plain).with(ReqwestNoOp).build(),
            &uri,
        ),
        over_reqwest("reqwest, `AuthMiddleware` without replay", 3, reqwest(middleware.clone().without_replay()), &uri),
        over_reqwest("reqwest, `AuthMiddleware`", 3, reqwest(middleware), &uri),
    ])
}

fn over_tower<S>(label: &'static str, floor: usize, service: S, uri: &Uri) -> Client
where
    S: Service<Request<Full<Bytes>>, Response = Response<Incoming>> + Clone + Send + 'static,
    S: Service<Request<Full<Bytes>>, Error: std::error::Error + Send + Sync, Future: Send>,
{
    let uri = uri.clone();
    Client::new(label, floor, move |stop| {
        let (mut service, uri) = (service.clone(), uri.clone());
        Box::pin(async move {
            let mut requests = 0;
            while !stop.is_over() {
                let mut request = Request::new(Full::default());
                *request.uri_mut() = uri.clone();
                let response = service.ready().await?.call(request).await?;
                check(response.status())?;
                response.into_body().collect().await?;
                requests += 1;
            }
            Ok(requests)
        })
    })
}

fn over_reqwest(
    label: &'static str,
    floor: usize,
    client: reqwest_middleware::ClientWithMiddleware,
    uri: &Uri,
) -> Client {
    let uri = uri.to_string();
    Client::new(label, floor, move |stop| {
        let (client, uri) = (client.clone(), uri.clone());
        Box::pin(async move {
            let url: reqwest::Url = uri.parse()?;
            let mut requests = 0;
            while !stop.is_over() {
                let response = client.get(url.clone()).send().await?;
                check(response.status())?;
                response.bytes().await?;
                requests += 1;
            }
            Ok(requests)
        })
    })
}

fn check(status: StatusCode) -> Result<(), Error> {
    if status.is_success() { Ok(()) } else { Err(format!("the server answered {status}").into()) }
}

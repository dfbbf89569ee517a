//! What most of these tests need: an API in the process, an emulator with a client, a source that counts.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use auth_core::Builder;
use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::ApiKey;
use auth_core::{Authenticator, Error, FetchContext, Token, TokenSource, async_trait};
use auth_emulator::Emulator;
use auth_tower::{Auth, AuthLayer, HyperTransport};
use bytes::Bytes;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tower::{Layer, Service, ServiceExt};

pub(crate) type Body = Full<Bytes>;
pub(crate) type Hyper<B = Body> = Client<HttpConnector, B>;

/// The origin that in-process tests use. Nobody goes there.
pub(crate) const ORIGIN: &str = "https://api.example.com";

pub(crate) fn hyper<B>() -> Hyper<B>
where
    B: http_body::Body + Send,
    B::Data: Send,
{
    Client::builder(TokioExecutor::new()).build_http()
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

/// An emulator, and an authenticator with its API key on a clock that stands still: no pause ends by itself.
pub(crate) struct Stage {
    pub(crate) emulator: Emulator,
    pub(crate) clock: FakeRuntime,
    pub(crate) auth: Authenticator,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(HyperTransport::new()).await
    }

    pub(crate) async fn with(transport: impl auth_core::Transport) -> Self {
        let emulator = Emulator::start().await.unwrap();
        let clock = FakeRuntime::new();
        let auth = api_key(&emulator).transport(transport).runtime(clock.clone()).build().unwrap();
        Self { emulator, clock, auth }
    }

    /// hyper's client behind the layer.
    pub(crate) fn client(&self) -> Auth<Hyper> {
        AuthLayer::new(self.auth.clone()).layer(hyper())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.emulator.api_url())
    }

    pub(crate) fn get(&self) -> Request<Body> {
        get(self.url("/items"))
    }

    /// The `Authorization` of every request that the API got, in order.
    pub(crate) fn authorizations(&self) -> Vec<Option<String>> {
        self.emulator.api_requests().iter().map(|request| request.header("authorization").map(str::to_owned)).collect()
    }

    /// What the API should have got with the `n`-th token (from 0).
    pub(crate) fn bearer(&self, n: usize) -> Option<String> {
        Some(format!("Bearer {}", self.emulator.issued_tokens()[n]))
    }

    /// How many requests came to the token endpoint and to the API.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.emulator.token_request_count(), self.emulator.api_request_count())
    }
}

/// The emulator's API key, for its own origin.
pub(crate) fn api_key(emulator: &Emulator) -> Builder {
    let endpoint = TokenEndpoint::parse(&emulator.token_url()).unwrap();
    Authenticator::builder(ApiKey::new(endpoint, Emulator::API_KEY).unwrap()).for_origins([emulator.url()])
}

/// Brings `token-1`, `token-2` and so on, and first the failures that were queued.
#[derive(Clone, Default)]
pub(crate) struct Counting {
    fetches: Arc<AtomicU64>,
    failures: Arc<Mutex<VecDeque<Error>>>,
}

impl Counting {
    pub(crate) fn fetches(&self) -> u64 {
        self.fetches.load(Ordering::SeqCst)
    }

    pub(crate) fn fail_once(&self, error: Error) {
        self.failures.lock().unwrap().push_back(error);
    }

    /// An authenticator over it, on a clock that stands still.
    pub(crate) fn auth(&self) -> Authenticator {
        self.builder().for_origins([ORIGIN]).build().unwrap()
    }

    pub(crate) fn builder(&self) -> Builder {
        Authenticator::builder(self.clone()).runtime(FakeRuntime::new())
    }
}

#[async_trait]
impl TokenSource for Counting {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
        match self.failures.lock().unwrap().pop_front() {
            Some(error) => Err(error),
            None => Ok(Token::bearer(format!("token-{number}"))),
        }
    }
}

/// An API in the process: keeps what it got, and refuses the tokens it was told to.
#[derive(Clone, Default)]
pub(crate) struct Api(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    got: Vec<Got>,
    refused: Vec<String>,
    challenge: Option<HeaderValue>,
    answers: VecDeque<StatusCode>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl Api {
    /// Answers 401 to this token from now on.
    pub(crate) fn refuse(&self, token: &str) {
        self.0.lock().unwrap().refused.push(format!("Bearer {token}"));
    }

    /// The challenge that goes with a 401.
    pub(crate) fn challenge(&self, value: &'static str) {
        self.0.lock().unwrap().challenge = Some(HeaderValue::from_static(value));
    }

    /// Answers one request with this status, whatever its token.
    pub(crate) fn answer_once(&self, status: StatusCode) {
        self.0.lock().unwrap().answers.push_back(status);
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.0.lock().unwrap().got.clone()
    }

    /// The `Authorization` of every request, in order.
    pub(crate) fn authorizations(&self) -> Vec<Option<String>> {
        self.got().iter().map(|got| got.header("authorization").map(str::to_owned)).collect()
    }

    fn answer(&self, got: Got) -> Response<Body> {
        let mut inside = self.0.lock().unwrap();
        let refused = got.header("authorization").is_some_and(|sent| inside.refused.iter().any(|token| token == sent));
        inside.got.push(got);
        let mut response = Response::new(Body::default());
        if let Some(status) = inside.answers.pop_front() {
            *response.status_mut() = status;
        } else if refused {
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            response.headers_mut().extend(inside.challenge.clone().map(|value| (WWW_AUTHENTICATE, value)));
        }
        response
    }
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
            let got = Got { method: head.method, uri: head.uri, headers: head.headers, body };
            Ok(api.answer(got))
        })
    }
}

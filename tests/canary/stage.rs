//! A scripted issuer and what else it takes to run an authenticator without a network.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use auth_core::Builder;
use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::ApiKey;
use auth_core::{Authenticator, Error, Policy, TokenSource, Transport, async_trait};
use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};

use super::secrets;

pub(super) const API: &str = "https://api.example.com";
pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// A token endpoint that says what it is told to, and keeps what it was sent. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Issuer {
    script: Arc<Mutex<VecDeque<Reply>>>,
    seen: Arc<Mutex<Vec<Request<Bytes>>>>,
}

pub(super) enum Reply {
    Answer(Response<Bytes>),
    /// What a transport says that got no answer.
    Fail(Error),
    Never,
    Panic,
}

impl Issuer {
    pub(super) fn then(self, reply: Reply) -> Self {
        self.script.lock().unwrap().push_back(reply);
        self
    }

    pub(super) fn seen(&self) -> Vec<Request<Bytes>> {
        self.seen.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Issuer {
    async fn send(&self, request: Request<Bytes>, _limit: usize) -> Result<Response<Bytes>, Error> {
        self.seen.lock().unwrap().push(request);
        let reply = self.script.lock().unwrap().pop_front();
        match reply.expect("the script says what comes next") {
            Reply::Answer(response) => Ok(response),
            Reply::Fail(error) => Err(error),
            Reply::Never => std::future::pending().await,
            Reply::Panic => panic!("the transport holds {}", secrets::PANIC),
        }
    }
}

/// A good answer, in a body that holds more secrets than the token.
pub(super) fn granted(token: &str, lifetime: Duration) -> Reply {
    let body = serde_json::json!({
        "access_token": token,
        "refresh_token": secrets::REFRESH_TOKEN,
        "expires_in": lifetime.as_secs(),
        "token_type": "Bearer",
        "vendor": secrets::ANSWER,
    });
    answer(StatusCode::OK, body.to_string())
}

/// An answer with a canary in every header that a careless client would quote.
pub(super) fn answer(status: StatusCode, body: impl Into<Bytes>) -> Reply {
    let secret = secrets::ANSWER;
    let response = Response::builder()
        .status(status)
        .header("content-type", format!("text/{secret}"))
        .header("date", secret)
        .header("location", format!("https://elsewhere.example.com/?apikey={}&{secret}", secrets::API_KEY))
        .header("retry-after", secret)
        .header("set-cookie", format!("id={secret}"))
        .header("www-authenticate", format!("Bearer error=\"x\", error_description=\"{secret}\""))
        .body(body.into());
    Reply::Answer(response.unwrap())
}

/// The source with a canary in everything that it takes.
pub(super) fn api_key() -> ApiKey {
    let url = format!("https://iam.example.com/token?key={}", secrets::QUERY_SECRET);
    ApiKey::new(TokenEndpoint::parse(&url).unwrap(), secrets::API_KEY)
        .unwrap()
        .client(secrets::CLIENT_ID, secrets::CLIENT_SECRET)
        .param("password", secrets::FORM_VALUE)
}

/// An authenticator over the fake runtime, but for its last words. One attempt an acquisition: no pauses to sit out.
pub(super) fn builder(runtime: &FakeRuntime, transport: impl Transport, source: impl TokenSource) -> Builder {
    let mut policy = Policy::default();
    policy.attempts = 1;
    let builder = Authenticator::builder(source).transport(transport).runtime(runtime.clone()).policy(policy);
    builder.for_origins([API])
}

/// A URI of the API.
pub(super) fn uri() -> Uri {
    format!("{API}/items?key={}", secrets::QUERY_SECRET).parse().unwrap()
}

pub(super) fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

//! An issuer that takes its time, and may fail; and its endpoint on loopback, for those who can't be given it in-process.

use std::convert::Infallible;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::Error;

/// Every secret here begins with this, so that one that is printed can be found.
pub(crate) const CANARY: &str = "canary-of-the-peers";
/// About what a JWT with a few claims takes.
const LENGTH: usize = 1024;
/// How long a failing endpoint takes to say so: not as long as a token, which has to be made.
const REFUSAL: Duration = Duration::from_millis(20);

/// What an issuer answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How long the first token serves until its refresh is due, as the one who asks counts it.
    pub(crate) due: Duration,
    /// How long it is valid from then on: whatever the one who asks calls the right time before the end.
    pub(crate) ahead: Duration,
    /// How long it takes to make a token.
    pub(crate) answer: Duration,
    /// The first this many answers are tokens, the others failures.
    pub(crate) tokens: u64,
}

impl Plan {
    pub(crate) fn lifetime(&self) -> Duration {
        self.due + self.ahead
    }
}

/// A token as it is issued.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) token: String,
    pub(crate) lifetime: Duration,
}

/// Fails as a server would: 503.
#[derive(Debug)]
pub(crate) struct Down;

impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the issuer is down")
    }
}

impl std::error::Error for Down {}

/// Shared with whoever asks it.
#[derive(Clone, Debug)]
pub(crate) struct Issuer(Arc<State>);

#[derive(Debug)]
struct State {
    plan: Plan,
    asked: AtomicU64,
    /// Where it is asked over loopback.
    url: String,
}

impl Issuer {
    pub(crate) fn plan(&self) -> Plan {
        self.0.plan
    }

    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> u64 {
        self.0.asked.load(Ordering::Relaxed)
    }

    pub(crate) async fn exchange(&self) -> Result<Grant, Down> {
        let number = self.0.asked.fetch_add(1, Ordering::Relaxed);
        let plan = self.plan();
        if number >= plan.tokens {
            tokio::time::sleep(REFUSAL).await;
            return Err(Down);
        }
        tokio::time::sleep(plan.answer).await;
        let mut token = format!("{CANARY}-{number}-");
        token.extend(std::iter::repeat_n('x', LENGTH - token.len()));
        Ok(Grant { token, lifetime: plan.lifetime() })
    }
}

/// All issuers' endpoint, in a thread of its own: what it costs to serve it is on no worker's account.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: String,
    issuers: Mutex<Vec<Issuer>>,
}

impl Endpoint {
    /// Listens from now on; the thread ends with the program.
    pub(crate) fn start() -> Result<Self, Error> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?.to_string();
        let endpoint = Self(Arc::new(Inner { address, issuers: Mutex::default() }));
        let serving = endpoint.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::spawn(move || runtime.block_on(serving.serve(listener)));
        Ok(endpoint)
    }

    pub(crate) fn issuer(&self, plan: Plan) -> Issuer {
        let mut issuers = self.0.issuers.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let url = format!("http://{}/{}/token", self.0.address, issuers.len());
        let issuer = Issuer(Arc::new(State { plan, asked: AtomicU64::new(0), url }));
        issuers.push(issuer.clone());
        issuer
    }

    /// `/3/token` is the fourth issuer's.
    fn at(&self, path: &str) -> Option<Issuer> {
        let number: usize = path.strip_prefix('/')?.strip_suffix("/token")?.parse().ok()?;
        let issuers = self.0.issuers.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        issuers.get(number).cloned()
    }

    async fn serve(self, listener: std::net::TcpListener) -> Result<(), Error> {
        let listener = TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let endpoint = self.clone();
            let service = service_fn(move |request| answer(endpoint.clone(), request));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    }
}

async fn answer(endpoint: Endpoint, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let issuer = endpoint.at(request.uri().path());
    // Read, so that the connection can be used again.
    let _read = request.into_body().collect().await;
    let Some(issuer) = issuer else { return Ok(response(StatusCode::NOT_FOUND, "")) };
    Ok(match issuer.exchange().await {
        Ok(grant) => response(StatusCode::OK, &document(&grant)),
        Err(Down) => response(StatusCode::SERVICE_UNAVAILABLE, r#"{"error":"temporarily_unavailable"}"#),
    })
}

/// RFC 6749 section 5.1.
pub(crate) fn document(grant: &Grant) -> String {
    let seconds = grant.lifetime.as_secs();
    format!(r#"{{"access_token":"{}","token_type":"Bearer","expires_in":{seconds}}}"#, grant.token)
}

fn response(status: StatusCode, body: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body.to_owned()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}

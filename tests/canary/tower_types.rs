//! auth-tower's rows of the table.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::future::{Future, pending, ready};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use auth_core::runtime::FakeRuntime;
use auth_core::{Access, Authenticator, Endpoint};
use auth_tower::{
    AccessLayer, AuthLayer, BaseUrlLayer, BoxedError, Broker, Cloned, Error, HyperTransport, Never, Session,
    TowerTransport, WhenEmpty,
};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::Full;
use tower::Layer;
use tower_service::Service;

use super::secrets;
use super::stage::{HOUR, Issuer, Reply, api_key, builder, granted, poll_once, uri};
use super::table::{Table, show};

pub(super) type Body = Full<Bytes>;

/// An API in the same process, which does what it is told to and keeps the headers it was sent. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Api {
    script: Arc<Mutex<VecDeque<Turn>>>,
    seen: Arc<Mutex<Vec<HeaderMap>>>,
}

pub(super) enum Turn {
    /// Not ready at the next look.
    Busy,
    Answer(StatusCode),
    Never,
}

impl Api {
    pub(super) fn new(script: impl IntoIterator<Item = Turn>) -> Self {
        Self { script: Arc::new(Mutex::new(script.into_iter().collect())), seen: Arc::default() }
    }

    pub(super) fn seen(&self) -> Vec<HeaderMap> {
        self.seen.lock().unwrap().clone()
    }
}

/// The client is the user's, and what it prints of itself is the user's business.
impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Api")
    }
}

impl Service<Request<Body>> for Api {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        let mut script = self.script.lock().unwrap();
        if !matches!(script.front(), Some(Turn::Busy)) {
            return Poll::Ready(Ok(()));
        }
        script.pop_front();
        Poll::Pending
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.seen.lock().unwrap().push(request.headers().clone());
        let Some(Turn::Answer(status)) = self.script.lock().unwrap().pop_front() else {
            return Box::pin(pending());
        };
        let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{}\"", secrets::ACCESS_TOKEN);
        let response = Response::builder().status(status).header("www-authenticate", challenge);
        Box::pin(ready(Ok(response.body(Body::from(secrets::ANSWER)).unwrap())))
    }
}

/// A request with a canary wherever one has room.
pub(super) fn request() -> Request<Body> {
    let request = Request::get(uri()).header("x-own", secrets::EXTRA_HEADER);
    request.body(Body::from(secrets::FORM_VALUE)).unwrap()
}

pub(super) fn show(table: &mut Table) {
    let (_, auth) = with_token([]);
    let layer = AuthLayer::new(auth.clone());
    let service = layer.clone().replay(Cloned).layer(Api::default());
    let endpoint = Endpoint::parse("https://api.example.com/v1").unwrap();
    let base = BaseUrlLayer::new(endpoint.clone());
    let mut inside = base.layer(service.clone());
    let future = inside.call(request());
    let failing = inside.call(Request::options("*").body(Body::default()).unwrap());
    let access = Access::new("acme", auth_core::sources::StaticToken::new(secrets::NEXT_TOKEN).unwrap(), endpoint);
    let whole = AccessLayer::sharing(&access, auth).replay(Cloned);
    table.inside("auth-tower::InContext", &whole.layer(Api::default()));
    show!(table, whole, layer, service, base, inside, future, failing);

    show!(table, WhenEmpty, Cloned, Never);
    let predicate: fn(&http::Method, &HeaderMap) -> bool = |_, _| true;
    table.inside("auth-tower::OnlyIf", &layer.replay_if(predicate));
    show!(table, TowerTransport::<_, Body>::new(Api::default()), HyperTransport::new());

    let error = auth_core::Error::transient("no answer").with_host("iam.example.com");
    let boxed: Box<dyn std::error::Error + Send + Sync> = Box::new(error.clone());
    show!(table, Error::<Infallible>::Auth(error.clone()), Error::Inner(error), BoxedError::from(boxed));
    table.silent("auth-tower::Replay", "a trait: its implementations have rows of their own");
    table.silent("auth-tower::Nothing", "there is no value of it");
    response_futures(table);
    broker(table);
}

/// A broker with a token and a session's secret, in each of the ways that a session is checked.
fn broker(table: &mut Table) {
    let (_, auth) = with_token([]);
    let access = Access::new("acme", api_key(), Endpoint::parse("https://api.example.com").unwrap());
    let url = format!("https://auth.example.com/{}?key={}", secrets::FORM_VALUE, secrets::QUERY_SECRET);
    let transport = || TowerTransport::<_, Body>::new(Api::default());
    for session in [
        Session::bearer(secrets::PASSWORD).unwrap(),
        Session::cookie("session", secrets::PASSWORD).unwrap(),
        Session::forward_auth(&url, transport()).unwrap(),
    ] {
        let broker = Broker::new(&access, auth.clone(), session.clone(), ["https://app.example.com"]).unwrap();
        show!(table, session, broker);
        show!(table, broker.allow_host(&format!("{}@h", secrets::PASSWORD)).unwrap_err());
    }
    let password = secrets::PASSWORD;
    show!(table, Session::bearer(format!("{password}\n")).unwrap_err(), Session::cookie("a b", password).unwrap_err());
    show!(table, Session::forward_auth(&format!("https://u:{password}@h"), transport()).unwrap_err());
    let origins = [format!("https://u:{password}@h"), format!("http://{}.example", secrets::FORM_VALUE)];
    let session = Session::bearer(password).unwrap();
    show!(table, Broker::new(&access, auth, session, origins).unwrap_err());
}

/// An authenticator with its first token, and what its issuer says after that.
fn with_token(later: impl IntoIterator<Item = Reply>) -> (FakeRuntime, Authenticator) {
    let runtime = FakeRuntime::new();
    let issuer = Issuer::default().then(granted(secrets::ACCESS_TOKEN, HOUR));
    let issuer = later.into_iter().fold(issuer, Issuer::then);
    let auth = builder(&runtime, issuer, api_key()).build().unwrap();
    runtime.block_on(auth.warm_up()).unwrap();
    (runtime, auth)
}

/// The future in each of its states, which its `Debug` names.
fn response_futures(table: &mut Table) {
    let mut in_state = |state: &str, auth: &Authenticator, script: Vec<Turn>, request: Request<Body>| {
        let mut service = AuthLayer::new(auth.clone()).replay(Cloned).layer(Api::new(script));
        let mut future = pin!(service.call(request));
        let polled = poll_once(future.as_mut());
        assert!(format!("{future:?}").contains(state), "{future:?} is not {state}");
        assert_eq!(polled.is_ready(), state == "Failed");
        show!(table, *future);
    };
    let unauthorized = || Turn::Answer(StatusCode::UNAUTHORIZED);
    let (_, auth) = with_token([Reply::Never]);
    in_state("Sending", &auth, vec![Turn::Never], request());
    in_state("Recovering", &auth, vec![unauthorized()], request());
    let runtime = FakeRuntime::new();
    let empty = builder(&runtime, Issuer::default().then(Reply::Never), api_key()).build().unwrap();
    in_state("Acquiring", &empty, vec![], request());

    let next = || granted(secrets::NEXT_TOKEN, HOUR);
    let (_, auth) = with_token([next()]);
    in_state("Readying", &auth, vec![unauthorized(), Turn::Busy], request());
    let (_, auth) = with_token([next()]);
    in_state("Resending", &auth, vec![unauthorized(), Turn::Never], request());

    let endpoint = Endpoint::parse("http://api.example.com").unwrap();
    let plain = Authenticator::builder(api_key()).for_endpoint(&endpoint).build().unwrap();
    let mut elsewhere = request();
    *elsewhere.uri_mut() = format!("http://api.example.com/?key={}", secrets::QUERY_SECRET).parse().unwrap();
    in_state("Failed", &plain, vec![], elsewhere);
}

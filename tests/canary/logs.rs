//! Whatever happens, and whatever an issuer repeats: nothing of a secret in logs, events and errors.

use std::future::ready;
use std::io;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use auth_core::Builder;
use auth_core::adapter::{Attach, Recovery};
use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::{ApiKey, EnvToken};
use auth_core::{Authenticator, Env, Error, ErrorKind, Event, Token, TokenSource, Transport, source_fn};
use auth_tower::{AuthLayer, Cloned, HyperTransport, TowerTransport};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, Request, Response, StatusCode, Uri};
use tower::Layer;
use tower_service::Service;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;

use super::records::Bridge;
use super::stage::{HOUR, Issuer, Reply, answer, api_key, builder, granted, uri};
use super::tower_types::{Api, Body, Turn, request};
use super::{all, secrets, table};
use crate::hunt;

pub(super) const KINDS: [ErrorKind; 10] = [
    ErrorKind::Unavailable,
    ErrorKind::Misconfigured,
    ErrorKind::Rejected,
    ErrorKind::Malformed,
    ErrorKind::Transient,
    ErrorKind::InteractionRequired,
    ErrorKind::ExpiredOnArrival,
    ErrorKind::InsecureTransport,
    ErrorKind::Timeout,
    ErrorKind::Closed,
];

/// What was logged, on this thread, and what listeners heard.
#[derive(Clone, Default)]
pub(super) struct Heard {
    log: Arc<Mutex<Vec<u8>>>,
    events: Arc<Mutex<Vec<Event>>>,
}

impl io::Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.log.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Heard {
    /// Runs it with a log that takes everything.
    pub(super) fn during(run: impl FnOnce(&Self)) -> Self {
        // With a single subscriber in the process, tracing asks the thread that first meets a log line whether anybody
        // wants it, and remembers a no from another test's thread. With two it asks the subscribers.
        static SECOND: LazyLock<tracing::Dispatch> = LazyLock::new(|| tracing::Dispatch::new(NoSubscriber::new()));
        LazyLock::force(&SECOND);
        let heard = Self::default();
        let writer = heard.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish()
            .with(Bridge);
        tracing::subscriber::with_default(subscriber, || run(&heard));
        heard
    }

    pub(super) fn listening(&self, builder: Builder) -> Authenticator {
        let events = Arc::clone(&self.events);
        builder.listener(move |event| events.lock().unwrap().push(event.clone())).build().unwrap()
    }

    pub(super) fn log(&self) -> String {
        String::from_utf8(self.log.lock().unwrap().clone()).unwrap()
    }

    #[track_caller]
    pub(super) fn check(&self) {
        all::check("the log", &self.log());
        for event in &*self.events.lock().unwrap() {
            all::check("an event", &format!("{event:?}{event:#?}"));
            if let Event::RefreshFailed { error, .. } = event {
                check_error(error);
            }
        }
    }
}

/// Nothing in what the error says, nor in what can be asked of it.
#[track_caller]
pub(super) fn check_error(error: &Error) {
    table::chain(error).iter().for_each(|text| all::check("an error", text));
    let asked = [error.source_id(), error.host(), error.code(), error.description()];
    asked.into_iter().flatten().for_each(|text| all::check("a part of an error", text));
}

/// Everything that was sent, repeated in the fields that an error may quote, and in those that it may not.
fn repeating(code: &str) -> String {
    let body = serde_json::json!({
        "error": code,
        "error_description": format!("{} {} {}", secrets::API_KEY, secrets::CLIENT_SECRET, secrets::FORM_VALUE),
        "error_uri": format!("https://iam.example.com/?{}", secrets::API_KEY),
        "errorMessage": secrets::BASIC_PAIR,
        "vendor": [secrets::ANSWER, secrets::ACCESS_TOKEN, secrets::REFRESH_TOKEN],
    });
    body.to_string()
}

/// A life in which every kind of event happens, the requests of a tower client among it.
fn life() -> Heard {
    Heard::during(|heard| {
        let runtime = FakeRuntime::new();
        let issuer = Issuer::default()
            .then(granted(secrets::ACCESS_TOKEN, HOUR))
            .then(answer(StatusCode::BAD_REQUEST, repeating("invalid_grant")))
            .then(answer(StatusCode::SERVICE_UNAVAILABLE, repeating("unavailable")))
            .then(granted(secrets::NEXT_TOKEN, HOUR))
            .then(granted(secrets::ACCESS_TOKEN, HOUR))
            .then(granted(secrets::ACCESS_TOKEN, HOUR));
        let auth = heard.listening(builder(&runtime, issuer, api_key()));
        let touch = || {
            auth.attach(&uri(), &mut HeaderMap::new()).map(drop).unwrap();
            runtime.run_until_idle();
        };
        runtime.block_on(auth.warm_up()).unwrap();
        // Fails while the token still serves, then again in its last moments; the third time it succeeds.
        runtime.advance(HOUR - Duration::from_secs(600));
        touch();
        runtime.advance(Duration::from_secs(600 - 15));
        touch();
        runtime.advance(Duration::from_secs(5));
        touch();
        assert_eq!(auth.status().generation(), Some(2), "{:?}\n{}", auth.status(), heard.log());

        let rejected = || Turn::Answer(StatusCode::UNAUTHORIZED);
        let api = Api::new([rejected(), Turn::Answer(StatusCode::OK), rejected()]);
        let mut client = AuthLayer::new(auth.clone()).replay(Cloned).layer(api.clone());
        let response = runtime.block_on(client.call(request())).unwrap();
        assert_eq!((response.status(), api.seen().len()), (StatusCode::OK, 2), "it was sent again");
        // The second time the issuer brings the rejected token again.
        runtime.advance(Duration::from_secs(60));
        let response = runtime.block_on(client.call(request())).unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        all::check("the outcome", &format!("{:?}", response.extensions().get::<auth_core::Outcome>().unwrap()));
        runtime.block_on(auth.shutdown());
    })
}

/// Every event of a life, for the table.
pub(super) fn events() -> Vec<Event> {
    let heard = life();
    let events = heard.events.lock().unwrap().clone();
    let printed = format!("{events:?}");
    for name in ["Acquired", "RefreshStarted", "RefreshFailed", "Rejected", "ServedStale", "NoProgress"] {
        assert!(printed.contains(&format!("{name} {{")), "{name} did not happen: {printed}");
    }
    events
}

#[test]
fn a_token_lives_and_dies_and_no_log_line_or_event_shows_it() {
    let heard = life();
    heard.check();
    let log = heard.log();
    for line in [
        "fetching a token",
        "token acquired",
        "refresh failed, the token still serves",
        "serving a token in its last moments",
        "token was answered 401",
        "the source brought the rejected token again",
    ] {
        assert!(log.contains(line), "the log is to say {line:?}: {log}");
    }
    let fingerprint = auth_core::Secret::new(secrets::ACCESS_TOKEN).fingerprint();
    assert!(log.contains(&fingerprint), "a fingerprint is allowed, and useful: {log}");
}

/// One acquisition that fails, with everything that is said about it looked at.
#[track_caller]
pub(super) fn failure(source: impl TokenSource, transport: impl Transport) -> Error {
    let mut failed = None;
    let heard = Heard::during(|heard| {
        let runtime = FakeRuntime::new();
        let auth = heard.listening(builder(&runtime, transport, source));
        let acquired = Arc::new(Mutex::new(None));
        let (token, slot) = (auth.token(Duration::ZERO), Arc::clone(&acquired));
        let task = Box::pin(async move { *slot.lock().unwrap() = Some(token.await) });
        let _abort = auth_core::runtime::Runtime::spawn(&runtime, task).ok().unwrap();
        // Long enough for what never answers.
        runtime.advance(HOUR);
        let error = acquired.lock().unwrap().take().unwrap().unwrap_err();
        all::check("the status", &format!("{:?}{auth:?}", auth.status()));
        failed = Some(error);
    });
    heard.check();
    assert!(heard.log().contains("no token"), "the log is to say so: {}", heard.log());
    let error = failed.unwrap();
    check_error(&error);
    error
}

#[track_caller]
pub(super) fn exchanged(reply: Reply) -> Error {
    failure(api_key(), Issuer::default().then(reply))
}

#[test]
fn a_failure_of_any_kind_shows_no_secret_though_the_issuer_repeats_them_all() {
    let kind = |expected, error: Error| {
        assert_eq!(error.kind(), expected, "{error}");
        expected
    };
    let refuse = |status, code| exchanged(answer(status, repeating(code)));
    let page = format!("<html>{} {} {}</html>", secrets::API_KEY, secrets::CLIENT_SECRET, secrets::ANSWER);
    let lifeless = serde_json::json!({"access_token": secrets::ACCESS_TOKEN, "expires_in": 0}).to_string();
    let found = source_fn(|_cx| ready(Ok(Token::bearer(expired_jwt()).found())));
    let quoted = Env::of([("TOKEN", format!("'{}'", secrets::ENV_VALUE))]);
    let seen = [
        kind(ErrorKind::Rejected, refuse(StatusCode::BAD_REQUEST, "invalid_grant")),
        kind(ErrorKind::Rejected, refuse(StatusCode::UNAUTHORIZED, secrets::API_KEY)),
        kind(ErrorKind::Rejected, refuse(StatusCode::OK, secrets::CLIENT_SECRET)),
        kind(ErrorKind::InteractionRequired, refuse(StatusCode::FORBIDDEN, "login_required")),
        kind(ErrorKind::Transient, refuse(StatusCode::BAD_REQUEST, "temporarily_unavailable")),
        kind(ErrorKind::Transient, refuse(StatusCode::TOO_MANY_REQUESTS, "slow")),
        kind(ErrorKind::Transient, refuse(StatusCode::BAD_GATEWAY, secrets::FORM_VALUE)),
        kind(ErrorKind::Transient, exchanged(answer(StatusCode::NOT_FOUND, page.clone()))),
        kind(ErrorKind::Transient, exchanged(Reply::Fail(Error::transient("no answer")))),
        kind(ErrorKind::Transient, exchanged(Reply::Panic)),
        kind(ErrorKind::Malformed, exchanged(answer(StatusCode::OK, page.clone()))),
        kind(ErrorKind::Malformed, exchanged(answer(StatusCode::FOUND, page.clone()))),
        kind(ErrorKind::Malformed, exchanged(answer(StatusCode::from_u16(600).unwrap(), page))),
        kind(ErrorKind::Malformed, exchanged(granted("a token\nof two lines", HOUR))),
        kind(ErrorKind::ExpiredOnArrival, exchanged(answer(StatusCode::OK, lifeless))),
        kind(ErrorKind::ExpiredOnArrival, failure(found, Issuer::default())),
        kind(ErrorKind::Timeout, exchanged(Reply::Never)),
        kind(ErrorKind::Unavailable, failure(EnvToken::of(Env::of([("A", "b")]), "TOKEN"), Issuer::default())),
        kind(ErrorKind::Misconfigured, failure(EnvToken::of(quoted, "TOKEN"), Issuer::default())),
        kind(ErrorKind::InsecureTransport, insecure()),
        kind(ErrorKind::Closed, closed()),
    ];
    for kind in KINDS {
        assert!(seen.contains(&kind), "{kind} did not happen");
    }
}

/// Its times can be read, and its signature is the canary.
fn expired_jwt() -> String {
    let part = |json| URL_SAFE_NO_PAD.encode(json);
    format!("{}.{}.{}", part(r#"{"alg":"RS256"}"#), part(r#"{"exp":1}"#), secrets::ACCESS_TOKEN)
}

fn insecure() -> Error {
    let builder = Authenticator::builder(api_key()).runtime(FakeRuntime::new()).for_origins(["http://api.example.com"]);
    let uri: Uri = format!("http://api.example.com/?key={}", secrets::QUERY_SECRET).parse().unwrap();
    let error = builder.build().unwrap().attach(&uri, &mut HeaderMap::new()).unwrap_err();
    check_error(&error);
    error
}

fn closed() -> Error {
    let runtime = FakeRuntime::new();
    let issuer = Issuer::default().then(granted(secrets::ACCESS_TOKEN, HOUR));
    let auth = builder(&runtime, issuer, api_key()).build().unwrap();
    runtime.block_on(auth.warm_up()).unwrap();
    runtime.block_on(auth.shutdown());
    let error = runtime.block_on(auth.warm_up()).unwrap_err();
    check_error(&error);
    error
}

/// A Tower client that fails where it is told to, and quotes the request and its own secrets.
#[derive(Clone, Copy)]
enum Careless {
    NotReady,
    Refused,
    BrokenOff,
    Endless,
}

impl Service<Request<Body>> for Careless {
    type Response = Response<http_body_util::Either<BrokenOff, Body>>;
    type Error = io::Error;
    type Future = std::future::Ready<io::Result<Self::Response>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(if matches!(self, Self::NotReady) { Err(quoting(None)) } else { Ok(()) })
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        use http_body_util::Either;
        ready(match self {
            Self::BrokenOff => Ok(Response::new(Either::Left(BrokenOff))),
            Self::Endless => Ok(Response::new(Either::Right(secrets::ANSWER.repeat(64 * 1024).into()))),
            _ => Err(quoting(Some(request))),
        })
    }
}

fn quoting(request: Option<Request<Body>>) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionRefused, format!("{} {request:?}", secrets::ANSWER))
}

struct BrokenOff;

impl http_body::Body for BrokenOff {
    type Data = bytes::Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<http_body::Frame<Self::Data>>>> {
        Poll::Ready(Some(Err(quoting(None))))
    }
}

#[test]
fn what_a_careless_client_says_about_a_token_request_is_not_told() {
    for client in [Careless::NotReady, Careless::Refused, Careless::BrokenOff, Careless::Endless] {
        let error = failure(api_key(), TowerTransport::<_, Body>::new(client));
        assert!(error.is_transient(), "{error}");
    }
}

#[test]
fn over_real_sockets_no_log_line_of_any_crate_shows_a_secret() {
    let mut issued = Vec::new();
    let heard = Heard::during(|heard| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let emulator = auth_emulator::Emulator::builder().with_api_keys([secrets::API_KEY]);
            let emulator = emulator.with_client(secrets::CLIENT_ID, secrets::CLIENT_SECRET).start().await.unwrap();
            let source = ApiKey::new(TokenEndpoint::parse(&emulator.token_url()).unwrap(), secrets::API_KEY).unwrap();
            let source = source.client(secrets::CLIENT_ID, secrets::CLIENT_SECRET);
            let builder = Authenticator::builder(source).transport(HyperTransport::new());
            let auth = heard.listening(builder.for_origins([emulator.url()]));
            for status in [StatusCode::OK, StatusCode::UNAUTHORIZED] {
                auth.warm_up().await.unwrap();
                let mut request = Request::post(format!("{}/things?key={}", emulator.api_url(), secrets::QUERY_SECRET))
                    .header("x-project", secrets::EXTRA_HEADER)
                    .body(bytes::Bytes::from(secrets::FORM_VALUE))
                    .unwrap();
                let uri = request.uri().clone();
                let sent = auth.attach(&uri, request.headers_mut()).unwrap();
                let Attach::Ready(sent) = sent else { panic!("there is a token: {sent:?}") };
                let response = HyperTransport::new().send(request, 1 << 20).await.unwrap();
                assert_eq!(response.status(), status);
                auth.judge(sent, status, response.headers(), None);
                emulator.revoke_all();
            }
            let Recovery::Wait(recover) = auth.recover(1) else { panic!("a new one may be had") };
            recover.await.unwrap();
            emulator.set_api_keys(Vec::<String>::new());
            auth.invalidate();
            check_error(&auth.warm_up().await.unwrap_err());
            issued = emulator.issued_tokens();
        });
    });
    heard.check();
    assert_eq!(issued.len(), 2);
    let tokens = hunt::Hunt::after(issued.iter().map(|token| ("a token of the emulator's", token.as_str())));
    tokens.check("the log", &heard.log());
    assert!(heard.log().contains("token acquired") && heard.log().contains("no token"), "{}", heard.log());
}

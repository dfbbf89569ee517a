//! A page that asks a broker, and all that is behind it.

use std::time::Duration;

use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::ApiKey;
use auth_core::{Access, Authenticator, Endpoint, TokenSource, testing::ScriptedTransport};
use auth_tower::{Broker, Session};
use bytes::Bytes;
use http::request::Builder;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use serde_json::Value;
use tower::ServiceExt;

pub(super) const ORIGIN: &str = "https://app.example";
pub(super) const SECRET: &str = "a-session-secret";
pub(super) const TOKEN: &str = "Tk7Qm2Xv9Lw4";

/// A broker and its clock; the issuer's answers are to be scripted, one of an hour stands there already.
pub(super) struct Behind {
    pub(super) clock: FakeRuntime,
    pub(super) issuer: ScriptedTransport,
    pub(super) broker: Broker,
}

/// What a page is told, and what the program's log is.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
    pub(super) why: Option<auth_core::Error>,
}

/// An access whose key is exchanged for tokens.
pub(super) fn exchanging() -> Access {
    let endpoint = TokenEndpoint::parse("https://iam.example.com/token").unwrap();
    of(ApiKey::new(endpoint, "the-long-lived-key").unwrap())
}

pub(super) fn of(source: impl TokenSource) -> Access {
    Access::new("acme", source, Endpoint::parse("https://api.example.com").unwrap())
}

pub(super) fn granted(seconds: u64) -> String {
    format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","expires_in":{seconds}}}"#)
}

pub(super) fn bearer() -> Session {
    Session::bearer(SECRET).unwrap()
}

impl Behind {
    pub(super) fn new(session: Session) -> Self {
        let behind = Self::over(&exchanging(), session);
        behind.issuer.answer(200, granted(3600));
        behind
    }

    pub(super) fn over(access: &Access, session: Session) -> Self {
        let (clock, issuer) = (FakeRuntime::new(), ScriptedTransport::new());
        let auth = access.builder().transport(issuer.clone()).runtime(clock.clone()).build().unwrap();
        let broker = Broker::new(access, auth, session, [ORIGIN, "http://localhost:8080"]).unwrap();
        Self { clock, issuer, broker }
    }

    pub(super) fn ask(&self, request: Builder) -> Answered {
        self.clock.block_on_within(Duration::from_secs(60), answered(self.broker.clone(), request))
    }

    /// That a page got the token.
    #[track_caller]
    pub(super) fn vends(&self, request: Builder) -> Answered {
        let answer = self.ask(request);
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert!(answer.json()["accessToken"].as_str().is_some_and(|token| token.starts_with(TOKEN)));
        answer
    }

    /// That a page was refused so, and that nothing was fetched for it.
    #[track_caller]
    pub(super) fn refuses(&self, request: Builder, status: u16, error: &str) -> Answered {
        let before = self.issuer.requests().len();
        let answer = self.ask(request);
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (status, error), "{answer:?}");
        assert_eq!(self.issuer.requests().len(), before, "nothing is fetched for whoever is refused");
        answer
    }
}

pub(super) async fn answered(broker: Broker, request: Builder) -> Answered {
    let answer = broker.oneshot(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
    let (head, body) = answer.into_parts();
    let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let answer = Answered { status: head.status, headers: head.headers, text, why: head.extensions.get().cloned() };
    // Whatever it is: nobody keeps it, and whoever is not told that it is a token has none.
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer:?}");
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{answer:?}");
    assert!(answer.header("vary").is_some_and(|vary| vary.contains("origin")), "{answer:?}");
    assert_eq!(answer.text.contains(TOKEN), answer.status == StatusCode::OK && !answer.text.is_empty(), "{answer:?}");
    answer
}

impl Answered {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(super) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }
}

/// A page's request without anything that a browser adds.
pub(super) fn plain() -> Builder {
    Request::get("/token").header("host", "127.0.0.1:8081").header("authorization", format!("Bearer {SECRET}"))
}

/// As a browser sends it for a page of the declared origin.
pub(super) fn fetch() -> Builder {
    plain().header("origin", ORIGIN).header("sec-fetch-mode", "cors").header("sec-fetch-site", "cross-site")
}

/// An authenticator of an access, with a clock of its own.
pub(super) fn authenticator(access: &Access) -> Authenticator {
    access.builder().transport(ScriptedTransport::new()).runtime(FakeRuntime::new()).build().unwrap()
}

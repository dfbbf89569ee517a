//! A source at work: an authenticator on a fake clock, and an issuer that answers as told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response};

use crate::exchange::TokenEndpoint;
use crate::runtime::FakeRuntime;
use crate::{Authenticator, Error, TokenSource, Transport, testing::ScriptedTransport};

type Echo = Box<dyn FnOnce(&Asked) -> String + Send>;

pub(crate) struct Bench {
    pub(crate) clock: FakeRuntime,
    pub(crate) issuer: ScriptedTransport,
    echo: Arc<Mutex<Option<(u16, Echo)>>>,
    pub(crate) auth: Authenticator,
}

impl Bench {
    pub(crate) const URL: &str = "https://issuer.example.com/token";
    /// 2026-11-22T00:00:00Z, when the fake clock starts.
    #[cfg(feature = "signing")]
    pub(crate) const START: u64 = 1_795_305_600;

    pub(crate) fn endpoint() -> TokenEndpoint {
        TokenEndpoint::parse(Self::URL).unwrap()
    }

    pub(crate) fn new(source: impl TokenSource) -> Self {
        Self::at(FakeRuntime::new(), source)
    }

    /// On a clock that another bench has, too.
    pub(crate) fn at(clock: FakeRuntime, source: impl TokenSource) -> Self {
        let issuer = ScriptedTransport::new();
        let echo = Arc::default();
        let transport = Echoing { issuer: issuer.clone(), echo: Arc::clone(&echo) };
        let auth = Authenticator::builder(source).anywhere().transport(transport).runtime(clock.clone());
        Self { auth: auth.build().unwrap(), clock, issuer, echo }
    }

    pub(crate) fn answers(&self, status: u16, body: &str) {
        self.issuer.answer(status, body.to_owned());
    }

    /// A token for an hour.
    pub(crate) fn grants(&self, token: &str) {
        self.answers(200, &format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":3600}}"#));
    }

    /// The next answer, made of what was asked.
    pub(crate) fn echoes(&self, status: u16, body: impl FnOnce(&Asked) -> String + Send + 'static) {
        *self.echo.lock().unwrap() = Some((status, Box::new(body)));
    }

    /// The token, by asking as a caller does.
    pub(crate) fn token(&self) -> Result<String, Error> {
        let token = self.clock.block_on_within(Duration::from_secs(60), self.auth.token(Duration::ZERO))?;
        Ok(token.secret().unwrap().expose().to_owned())
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    #[cfg(feature = "signing")]
    pub(crate) fn step_wall(&self, seconds: i64) {
        self.clock.step_wall(seconds);
    }

    pub(crate) fn requests(&self) -> usize {
        self.issuer.requests().len()
    }

    pub(crate) fn all(&self) -> Vec<Asked> {
        self.issuer.requests().iter().map(Asked::read).collect()
    }

    pub(crate) fn last(&self) -> Asked {
        self.all().pop().unwrap()
    }
}

/// A token request, read.
pub(crate) struct Asked {
    form: Vec<(String, String)>,
    pub(crate) authorization: Option<String>,
    pub(crate) is_sensitive: bool,
}

impl Asked {
    fn read(request: &Request<Bytes>) -> Self {
        assert_eq!((request.method().as_str(), request.uri().to_string()), ("POST", Bench::URL.to_owned()));
        assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
        assert_eq!(request.headers()["accept"], "application/json");
        let authorization = request.headers().get("authorization");
        Self {
            form: form_urlencoded::parse(request.body()).into_owned().collect(),
            authorization: authorization.map(|value| value.to_str().unwrap().to_owned()),
            is_sensitive: authorization.is_some_and(http::HeaderValue::is_sensitive),
        }
    }

    /// All fields, in order.
    pub(crate) fn form(&self) -> Vec<(&str, &str)> {
        self.form.iter().map(|(name, value)| (&**name, &**value)).collect()
    }

    /// The one field of this name.
    pub(crate) fn field(&self, name: &str) -> &str {
        let mut found = self.form.iter().filter(|(other, _)| other == name);
        let value = found.next().unwrap_or_else(|| panic!("no field {name}"));
        assert!(found.next().is_none(), "{name} is there twice");
        &value.1
    }

    /// What is inside of Basic.
    pub(crate) fn basic(&self) -> Option<String> {
        let encoded = self.authorization.as_deref()?.strip_prefix("Basic ").unwrap();
        Some(String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap())
    }
}

struct Echoing {
    issuer: ScriptedTransport,
    echo: Arc<Mutex<Option<(u16, Echo)>>>,
}

#[async_trait]
impl Transport for Echoing {
    async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
        if let Some((status, body)) = self.echo.lock().unwrap().take() {
            self.issuer.answer(status, body(&Asked::read(&request)));
        }
        self.issuer.send(request, limit).await
    }
}

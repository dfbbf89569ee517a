//! An API client over a server in this process, on a clock that stands still.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::settings::{Lookup, Settings};
use auth_core::sources::StaticToken;
use auth_core::{Access, Context, Endpoint, Env};
use auth_reqwest::{ApiClient, ApiClientBuilder, ApiError, Retries, api_client};
use http::{Extensions, HeaderMap, HeaderName, Method};
use reqwest::{Request, Response, ResponseBuilderExt, Url};
use reqwest_middleware::{Middleware, Next, Result};
use serde_json::Value;

pub(crate) const BASE: &str = "https://api.acme.example/v1";
pub(crate) const TOKEN: &str = "acme-Qf83kD0s7Lw2";

/// Answers what it was told, then `200 {}`, and keeps what it got. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Server(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    answers: VecDeque<Option<Answer>>,
    got: Vec<Got>,
}

pub(crate) struct Answer {
    status: u16,
    headers: HeaderMap,
    body: reqwest::Body,
}

/// A request as it would have gone out.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub(crate) fn answer(status: u16, body: impl ToString) -> Answer {
    Answer { status, headers: HeaderMap::new(), body: body.to_string().into() }
}

fn plain() -> Answer {
    answer(200, "{}")
}

impl Answer {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        self
    }

    pub(crate) fn streaming(mut self, body: reqwest::Body) -> Self {
        self.body = body;
        self
    }
}

impl Server {
    pub(crate) fn then(&self, answer: Answer) {
        self.0.lock().unwrap().answers.push_back(Some(answer));
    }

    /// The next request finds nobody.
    pub(crate) fn then_refuse(&self) {
        self.0.lock().unwrap().answers.push_back(None);
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.0.lock().unwrap().got.clone()
    }

    /// What was asked: `GET https://host/path?query`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.got().iter().map(|got| format!("{} {}", got.method, got.url)).collect()
    }
}

#[async_trait::async_trait]
impl Middleware for Server {
    async fn handle(&self, request: Request, _: &mut Extensions, _: Next<'_>) -> Result<Response> {
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let got = Got {
            method: request.method().clone(),
            url: request.url().clone(),
            headers: request.headers().clone(),
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        let answer = {
            let mut script = self.0.lock().unwrap();
            script.got.push(got);
            script.answers.pop_front().unwrap_or_else(|| Some(plain()))
        };
        let Some(answer) = answer else { return Err(refused().into()) };
        let mut response = http::Response::builder().url(request.url().clone()).status(answer.status);
        response.headers_mut().unwrap().extend(answer.headers);
        Ok(response.body(answer.body).unwrap().into())
    }
}

/// What reqwest says where nothing listens, with a URL in it. Asked on a runtime of its own, as the clock's has no sockets.
fn refused() -> reqwest::Error {
    let ask = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        runtime.block_on(client.get("http://127.0.0.1:9/?key=secret-in-a-query").send()).unwrap_err()
    };
    std::thread::spawn(ask).join().unwrap()
}

/// A token that came from a variable, for an API with a path prefix.
pub(crate) fn access() -> Access {
    let mut settings = Settings::new(Env::of([("ACME_TOKEN", TOKEN)]));
    let token = settings.require(&Lookup::new("token").secret().variables(&["ACME_TOKEN"])).unwrap();
    let source = StaticToken::new(token.token().unwrap()).unwrap();
    let access = Access::new("acme", source, Endpoint::parse(BASE).unwrap()).with_credential(&token);
    access.with_explanation(settings.into_explanation())
}

pub(crate) fn project() -> Context {
    let context = Context::default().with_header(HeaderName::from_static("x-project-id"), "p-1").unwrap();
    context.with_query("version", "2026-10-14").with_body_field("project_id", "p-1")
}

pub(crate) struct ApiStage {
    pub(crate) server: Server,
    pub(crate) clock: FakeRuntime,
    pub(crate) client: ApiClient,
}

impl ApiStage {
    pub(crate) fn new() -> Self {
        Self::of(&access())
    }

    pub(crate) fn of(access: &Access) -> Self {
        Self::with(access, |builder| builder)
    }

    pub(crate) fn with(access: &Access, say: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> Self {
        let (server, clock) = (Server::default(), FakeRuntime::new());
        let builder = ApiClient::builder(access).runtime(clock.clone()).with_inside(server.clone());
        let builder = builder.client(api_client().no_proxy().build().unwrap());
        Self { client: say(builder).build().unwrap(), server, clock }
    }

    /// Without retries, for a single answer.
    pub(crate) fn once(access: &Access) -> Self {
        Self::with(access, |builder| builder.retries(Retries::none()))
    }

    /// Runs to the end, and says how much time has passed.
    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> (T, Duration) {
        let before = self.clock.wall();
        let output = self.clock.block_on_within(Duration::from_secs(600), future);
        (output, self.clock.wall().duration_since(before).unwrap())
    }

    /// The error of a `GET` that gets this answer.
    pub(crate) fn error(&self, answer: Answer) -> ApiError {
        self.server.then(answer);
        self.run(self.client.get("/things/7").send()).0.unwrap_err()
    }
}

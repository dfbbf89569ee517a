//! A proxy that runs, and clients of it.

use std::net::SocketAddr;
use std::process::Stdio;

use auth_emulator::Emulator;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::task::JoinHandle;

use crate::rig::{User, exchanging};

/// `authctl proxy`, killed when dropped.
pub(crate) struct Proxy {
    pub(crate) url: String,
    pub(crate) admin: String,
    /// Empty if it has told none.
    pub(crate) secret: String,
    pub(crate) child: Child,
    stderr: JoinHandle<String>,
    _user: User,
}

/// An answer with its whole body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// That it is the proxy's own, with this status and error.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, error: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.json()["error"], error);
        assert!(!self.json()["message"].as_str().unwrap().is_empty());
        assert_eq!(self.headers["content-type"], "application/json");
    }
}

impl Proxy {
    /// In front of the emulator's protected API, with its API key.
    pub(crate) async fn of(emulator: &Emulator, line: &str) -> Self {
        Self::start(User::new().with_config(&exchanging(emulator)), line).await
    }

    /// In front of `upstream`, with the emulator's API key.
    pub(crate) async fn to(upstream: SocketAddr, emulator: &Emulator, line: &str) -> Self {
        Self::of(emulator, &format!("--upstream http://{upstream} {line}")).await
    }

    pub(crate) async fn start(user: User, line: &str) -> Self {
        let mut command = user.authctl(["-vv", "proxy"].into_iter().chain(line.split_whitespace()));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let stderr = tokio::spawn(async move {
            let mut text = String::new();
            stderr.read_to_string(&mut text).await.unwrap();
            text
        });
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).await.unwrap();
        if first.is_empty() {
            panic!("it did not start: {}", stderr.await.unwrap());
        }
        let first: Value = serde_json::from_str(&first).unwrap();
        let text = |name: &str| first[name].as_str().unwrap_or_default().to_owned();
        Self { url: text("url"), admin: text("admin"), secret: text("secret"), child, stderr, _user: user }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// A request below the proxy, with its secret.
    pub(crate) fn request(&self, method: &str, path: &str) -> http::request::Builder {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        request.header("x-authctl-secret", &self.secret)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request("GET", path)).await
    }

    pub(crate) async fn admin(&self, path: &str) -> Answer {
        send(Request::get(format!("{}{path}", self.admin))).await
    }

    /// One number of its metrics.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let page = String::from_utf8(self.admin("/metrics").await.body.to_vec()).unwrap();
        let line = page.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("no {name} in {page}")).parse().unwrap()
    }

    /// What it answers to these very bytes, until it closes the connection.
    pub(crate) async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// Asks it to end, and says how it did and what it wrote to stderr.
    #[cfg(unix)]
    pub(crate) async fn end(self) -> (Option<i32>, String) {
        self.terminate();
        self.ended().await
    }

    #[cfg(unix)]
    pub(crate) async fn ended(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().await.unwrap().code();
        (code, self.stderr.await.unwrap())
    }

    #[cfg(unix)]
    pub(crate) fn terminate(&self) {
        let id = nix::unistd::Pid::from_raw(self.child.id().unwrap().try_into().unwrap());
        nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
    }
}

pub(crate) fn client() -> Client<HttpConnector, Full<Bytes>> {
    Client::builder(TokioExecutor::new()).build_http()
}

/// Sends a request without a body, on a connection of its own.
pub(crate) async fn send(request: http::request::Builder) -> Answer {
    send_with(request, "").await
}

pub(crate) async fn send_with(request: http::request::Builder, body: impl Into<Bytes>) -> Answer {
    collect(client().request(request.body(Full::new(body.into())).unwrap()).await.unwrap()).await
}

pub(crate) async fn collect(response: Response<hyper::body::Incoming>) -> Answer {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer { status: parts.status, headers: parts.headers, body }
}

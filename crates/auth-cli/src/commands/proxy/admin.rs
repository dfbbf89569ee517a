//! The second port: whether it runs, whether it is ready, and what it has done.

use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use serde_json::{Value, json};

use super::body::Reply;
use super::exposition;
use super::gate::Gate;
use super::refusal::Refusal;
use super::service::Proxy;
use crate::serving::line::Line;

/// Who asks whether we are ready does not wait for long.
const LONGEST: Duration = Duration::from_secs(5);

/// What the second port answers with. It tells no secret, so it asks for none; web pages and other hosts' names are refused
/// as at the first.
#[derive(Debug)]
pub(super) struct Admin {
    pub(super) gate: Gate,
    pub(super) proxy: Arc<Proxy>,
}

impl Admin {
    pub(super) async fn answer(&self, request: Request<Incoming>, line: &Line) -> Response<Reply> {
        let (mut parts, _body) = request.into_parts();
        if let Err(refusal) = self.gate.admit(&mut parts, line.local) {
            return refusal.into_response();
        }
        let _in_use = line.admit();
        match (&parts.method, parts.uri.path()) {
            (&Method::GET | &Method::HEAD, "/healthz") => json(StatusCode::OK, &json!({"status": "ok"})),
            (&Method::GET | &Method::HEAD, "/readyz") => self.ready().await,
            (&Method::GET | &Method::HEAD, "/metrics") => {
                let auth = self.proxy.upstream.authenticator();
                let page = exposition::page(&self.proxy.numbers, &auth.status());
                answer(StatusCode::OK, exposition::CONTENT_TYPE, page)
            }
            _ => Refusal::nothing_here().into_response(),
        }
    }

    /// Asks for a token, so that a proxy which nobody uses until it is ready becomes so. A failure that is being kept is
    /// returned at once: who asks often does not make requests often.
    async fn ready(&self) -> Response<Reply> {
        let auth = self.proxy.upstream.authenticator();
        let token = tokio::time::timeout(LONGEST.min(self.proxy.timeout), auth.token(Duration::ZERO)).await;
        let reason = match token {
            Ok(Ok(_)) => return json(StatusCode::OK, &json!({"status": "ready"})),
            Ok(Err(error)) => error.kind().to_string(),
            Err(_) => "timeout".to_owned(),
        };
        json(StatusCode::SERVICE_UNAVAILABLE, &json!({"status": "not ready", "reason": reason}))
    }
}

fn json(status: StatusCode, value: &Value) -> Response<Reply> {
    answer(status, "application/json", value.to_string())
}

fn answer(status: StatusCode, kind: &'static str, text: String) -> Response<Reply> {
    let mut response = Response::new(Reply::own(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

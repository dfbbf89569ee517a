//! An API in the process: keeps what it got, and refuses the tokens it was told to.

use std::collections::VecDeque;
use std::future::ready;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};

use super::{Answering, Server};

/// Clones are the same API.
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

    pub(crate) fn respond(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        let got = Got { method: head.method, uri: head.uri, headers: head.headers, body };
        let mut inside = self.0.lock().unwrap();
        let refused = got.header("authorization").is_some_and(|sent| inside.refused.iter().any(|token| token == sent));
        inside.got.push(got);
        let mut response = Response::new(Bytes::new());
        if let Some(status) = inside.answers.pop_front() {
            *response.status_mut() = status;
        } else if refused {
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            response.headers_mut().extend(inside.challenge.clone().map(|value| (WWW_AUTHENTICATE, value)));
        }
        response
    }
}

impl Server for Api {
    fn answer(&self, request: Request<Bytes>) -> Answering {
        Box::pin(ready(self.respond(request)))
    }
}

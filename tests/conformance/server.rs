//! The scripted API server: what it answers, and what it saw.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};

use super::case::{ServerRule, When};
use super::clock::Clock;
use super::moments::Tokens;
use super::script::Script;
use crate::rig::{Answering, Server};

#[derive(Clone)]
pub(crate) struct ScriptedServer {
    pub(crate) script: Arc<Script<ServerRule>>,
    pub(crate) clock: Clock,
    pub(crate) tokens: Tokens,
    pub(crate) seen: Arc<Mutex<Vec<SeenRequest>>>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct SeenRequest {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// The name of the token in any of its headers.
    pub(crate) token: Option<String>,
}

impl ScriptedServer {
    async fn respond(self, request: Request<Bytes>) -> Response<Bytes> {
        let seen = self.look_at(request);
        self.seen.lock().unwrap().push(seen.clone());
        let rule = self.script.next(|rule| rule.when.fits(&seen));
        let Some(rule) = rule else {
            return Response::builder().status(599).body(Bytes::new()).unwrap();
        };
        self.clock.sleep(rule.takes).await;
        let mut response = Response::builder().status(rule.status);
        for (name, value) in &rule.headers {
            response = response.header(name, value);
        }
        response.body(Bytes::new()).unwrap()
    }

    fn look_at(&self, request: Request<Bytes>) -> SeenRequest {
        let (parts, body) = request.into_parts();
        let values = parts.headers.values().filter_map(|value| value.to_str().ok());
        let token = values.filter_map(|value| self.tokens.name_in(value)).next();
        SeenRequest {
            method: parts.method.to_string(),
            uri: parts.uri.to_string(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            token,
        }
    }
}

impl Server for ScriptedServer {
    fn answer(&self, request: Request<Bytes>) -> Answering {
        Box::pin(self.clone().respond(request))
    }
}

impl When {
    fn fits(&self, request: &SeenRequest) -> bool {
        let uri: http::Uri = request.uri.parse().unwrap();
        let is = |wanted: &Option<String>, got: Option<&str>| wanted.is_none() || wanted.as_deref() == got;
        is(&self.token, request.token.as_deref().or(Some("none")))
            && is(&self.host, uri.host())
            && is(&self.path, Some(uri.path()))
    }
}

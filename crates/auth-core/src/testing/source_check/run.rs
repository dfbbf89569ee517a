//! Scenes one after the other, and what is looked at in all of them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};

use super::overheard::Overheard;
use super::report::SourceReport;
use super::secrets::Secrets;
use super::server::{Reply, Server};
use super::stage::{Errors, Stage};
use super::{SourceCheck, answers, crowd, half_way, lifetime};
use crate::{Credential, Error, TokenSource};

/// What tokens begin and end with: nothing that stands anywhere else.
const TOKEN: [&str; 2] = ["Kx7QvT2mZp9L", "wR4hY8sD1nB6"];

pub(super) struct Run<'a> {
    pub(super) check: &'a SourceCheck,
    pub(super) report: SourceReport,
    /// How many requests a call takes that brings a token.
    pub(super) per_call: usize,
    secrets: Secrets,
    overheard: Overheard,
    leaks: BTreeSet<String>,
    astray: BTreeSet<String>,
    often: BTreeSet<String>,
}

/// One source, one server, one authenticator.
pub(super) struct Scene {
    pub(super) server: Server,
    pub(super) source: Arc<dyn TokenSource>,
    pub(super) stage: Stage,
    errors: Errors,
}

impl Scene {
    /// What a caller gets.
    pub(super) fn token(&self) -> Result<Credential, Error> {
        self.stage.token()
    }

    /// Another authenticator in the same scene.
    pub(super) fn another_stage(&self, source: Arc<dyn TokenSource>) -> Result<Stage, String> {
        Stage::new(source, &self.server, &self.errors).map_err(|error| error.to_string())
    }
}

impl<'a> Run<'a> {
    pub(super) fn new(check: &'a SourceCheck) -> Self {
        let mut secrets = check.secrets.clone();
        TOKEN.iter().for_each(|part| secrets.add("the token", part));
        Self {
            check,
            report: SourceReport::new(),
            per_call: 1,
            secrets,
            overheard: Overheard::default(),
            leaks: BTreeSet::new(),
            astray: BTreeSet::new(),
            often: BTreeSet::new(),
        }
    }

    pub(super) fn all(mut self) -> SourceReport {
        lifetime::check(&mut self);
        answers::check(&mut self);
        half_way::check(&mut self);
        crowd::check(&mut self);
        let all = |found: &BTreeSet<String>| {
            let list = found.iter().map(String::as_str).collect::<Vec<_>>().join("; ");
            if list.is_empty() { Ok(()) } else { Err(list) }
        };
        if self.check.secrets.is_empty() && !self.check.has_no_secret {
            let nothing = "no credential was looked for: name it by `secret()`, or say `has_no_secret()`";
            self.leaks.insert(nothing.to_owned());
        }
        for (promise, found) in [
            ("asks once a call", all(&self.often)),
            ("asks its own endpoint alone", all(&self.astray)),
            ("errors and logs show no secret", all(&self.leaks)),
        ] {
            self.note(promise, found);
        }
        self.report
    }

    /// Plays a scene with a source of its own, and looks at what it has left behind.
    pub(super) fn scene<T>(&mut self, name: &str, play: impl FnOnce(&Scene) -> Result<T, String>) -> Result<T, String> {
        let overheard = self.overheard.clone();
        let (server, errors) = (Server::new(self.check.url.clone(), self.check.others.clone()), Errors::default());
        let result = overheard.over(|| {
            let source = (self.check.make)();
            let stage = Stage::new(Arc::clone(&source), &server, &errors).map_err(|error| error.to_string())?;
            play(&Scene { server: server.clone(), source, stage, errors: Arc::clone(&errors) })
        });
        self.astray.extend(server.astray().iter().map(|host| format!("after {name} it asked {host}")));
        for error in &*errors.lock().unwrap_or_else(PoisonError::into_inner) {
            if let Some((secret, way)) = self.secrets.shown_by(error) {
                self.leaks.insert(format!("after {name} {way} of the error shows {secret}"));
            }
        }
        if let Some(secret) = self.secrets.shown_in(&self.overheard.take()) {
            self.leaks.insert(format!("after {name} the log shows {secret}"));
        }
        result
    }

    /// Kept, or why not: the source's own words, unless they hold a secret.
    pub(super) fn note(&mut self, promise: &'static str, result: Result<(), String>) {
        let result = result.map_err(|why| match self.secrets.shown_in(&why) {
            Some(secret) => format!("the reason is not told, for it shows {secret}"),
            None => why,
        });
        self.report.note(promise, result);
    }

    /// Notes that a call made more requests than one that brings a token.
    pub(super) fn count(&mut self, name: &str, requests: usize) {
        if requests > self.per_call {
            self.often.insert(format!("after {name} it sent {requests} requests and not {}", self.per_call));
        }
    }
}

/// A new token each time, for so many seconds.
pub(super) fn granting(check: &SourceCheck, seconds: u64) -> impl Fn(&Request<Bytes>) -> Reply + Send + Sync + use<> {
    let grants = Arc::clone(&check.grants);
    numbered(move |token| grants(token, seconds))
}

/// The same, with the body made of the token.
pub(super) fn numbered(
    body: impl Fn(&str) -> String + Send + Sync + 'static,
) -> impl Fn(&Request<Bytes>) -> Reply + Send + Sync + 'static {
    let number = AtomicUsize::new(1);
    move |_: &Request<Bytes>| Reply::Answer(answer(200, body(&token(number.fetch_add(1, Ordering::Relaxed)))))
}

/// The token of this number.
pub(super) fn token(number: usize) -> String {
    let [begin, end] = TOKEN;
    format!("{begin}{number:04}{end}")
}

pub(super) fn answer(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_else(|_| panic!("{status} is no status"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

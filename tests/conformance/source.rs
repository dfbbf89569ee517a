//! The scripted source, and the watch that counts the calls of any source.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::{Error, ErrorKind, FetchContext, Token, TokenSource};
use http::HeaderName;

use super::case::{FetchAnswer, SourceError};
use super::check::all_kinds;
use super::clock::Clock;
use super::moments::Tokens;
use super::script::Script;

/// Brings what the case says, when it says.
pub(crate) struct ScriptedSource {
    pub(crate) script: Script<FetchAnswer>,
    pub(crate) clock: Clock,
    pub(crate) tokens: Tokens,
}

#[async_trait]
impl TokenSource for ScriptedSource {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let Some(answer) = self.script.next(|_| true) else {
            return Err(Error::misconfigured("the case does not foresee this call"));
        };
        if let Some(time) = answer.allows {
            cx.allow(Duration::from_secs_f64(time));
        }
        if answer.single_use {
            cx.single_use();
        }
        self.clock.sleep(answer.takes).await;
        if answer.hangs {
            std::future::pending::<()>().await;
        }
        assert!(!answer.panics, "a panic that the case asks for");
        match &answer.error {
            Some(error) => Err(make_error(error)),
            None => Ok(self.token(&answer)),
        }
    }
}

impl ScriptedSource {
    fn token(&self, answer: &FetchAnswer) -> Token {
        let Some(name) = &answer.token else { return Token::none_needed() };
        let secret = self.tokens.issue(name, answer.jwt, &self.clock);
        let mut token = match (&answer.header, &answer.scheme) {
            (Some(header), _) => Token::in_header(header.parse::<HeaderName>().unwrap(), secret),
            (None, Some(scheme)) => Token::with_scheme(scheme.clone(), secret),
            (None, None) => Token::bearer(secret),
        };
        let seconds = |value: Option<f64>| value.map(Duration::from_secs_f64);
        if let Some(lifetime) = seconds(answer.expires_in) {
            token = token.expires_in(lifetime);
        }
        if let Some(end) = answer.expires_at {
            token = token.expires_at(self.clock.wall_at(end));
        }
        if let Some(time) = answer.server_time {
            token = token.server_time(self.clock.wall_at(time));
        }
        if let Some(after) = seconds(answer.refresh_in) {
            token = token.refresh_in(after);
        }
        if let Some(lead) = seconds(answer.refresh_lead_max) {
            token = token.refresh_lead_max(lead);
        }
        if let Some(every) = seconds(answer.recheck) {
            token = token.recheck(every);
        }
        if let Some(lifetime) = seconds(answer.default_lifetime) {
            token = token.default_lifetime(lifetime);
        }
        if answer.found { token.found() } else { token }
    }
}

pub(crate) fn make_error(error: &SourceError) -> Error {
    let kind = all_kinds().find(|(name, _)| *name == error.kind).expect("a known kind of error").1;
    let mut made = Error::new(kind, "the case says so");
    made = made.with_retry_after(error.retry_after.map(Duration::from_secs_f64));
    if let Some(status) = error.status {
        made = made.with_status(status);
    }
    debug_assert_ne!(kind, ErrorKind::Closed, "no source is closed");
    if error.never_sent { made.never_sent() } else { made }
}

/// A source whose calls are written down.
pub(crate) struct Watched<S> {
    pub(crate) source: S,
    pub(crate) clock: Clock,
    pub(crate) fetches: Fetches,
}

#[async_trait]
impl<S: TokenSource> TokenSource for Watched<S> {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let reason = cx.reason().to_string();
        let reason = reason.split(' ').next().unwrap_or_default().to_owned();
        let mut unfinished = self.fetches.begin(self.clock.now(), reason);
        let result = self.source.fetch(cx).await;
        unfinished.finished = true;
        result
    }
}

/// The calls of a source so far.
#[derive(Clone, Default)]
pub(crate) struct Fetches(Arc<Mutex<Vec<Fetch>>>);

#[derive(Clone, Debug)]
pub(crate) struct Fetch {
    pub(crate) at: f64,
    pub(crate) reason: String,
    pub(crate) cut_short: bool,
}

impl Fetches {
    pub(crate) fn all(&self) -> Vec<Fetch> {
        self.0.lock().unwrap().clone()
    }

    fn begin(&self, at: f64, reason: String) -> Unfinished {
        let mut fetches = self.0.lock().unwrap();
        fetches.push(Fetch { at, reason, cut_short: false });
        Unfinished { fetches: self.clone(), index: fetches.len() - 1, finished: false }
    }
}

/// Notes a call that is dropped before it has an answer.
struct Unfinished {
    fetches: Fetches,
    index: usize,
    finished: bool,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.finished && !std::thread::panicking() {
            self.fetches.0.lock().unwrap()[self.index].cut_short = true;
        }
    }
}

//! What a scenario came to.

use std::iter;
use std::sync::atomic::Ordering;
use std::time::Duration;

use auth_emulator::{Emulator, RecordedRequest};

use super::Scene;
use super::sending::NUMBER;
use crate::front::Front;
use crate::ledger::Ledger;
use crate::overheard;

/// What a scenario came to.
pub(crate) struct Seen {
    /// A status each, or the kind of an error, or `client`, which is the HTTP client's own error.
    pub(crate) outcomes: Vec<String>,
    /// Token requests, as the endpoint counted them.
    pub(crate) fetches: usize,
    /// Requests to the API.
    pub(crate) requests: usize,
    /// On the scene's clock.
    pub(crate) took: Duration,
    pub(crate) ledger: Ledger,
    /// Why it was not run.
    pub(crate) left_out: Option<&'static str>,
}

impl Seen {
    /// This build can't run it.
    pub(crate) fn left_out(why: &'static str) -> Self {
        Self {
            outcomes: Vec::new(),
            fetches: 0,
            requests: 0,
            took: Duration::ZERO,
            ledger: Ledger::default(),
            left_out: Some(why),
        }
    }

    /// And this was lost.
    pub(crate) fn and_lost(mut self, what: impl Into<String>) -> Self {
        self.ledger.lost.push(what.into());
        self
    }
}

impl<F: Front> Scene<F> {
    /// What came of it all.
    pub(crate) fn seen(self) -> Seen {
        let mut ledger = Ledger::default();
        let took = self.took.lock().unwrap().unwrap_or_else(|| self.passed());
        ledger.lost.append(&mut self.losses.lock().unwrap());
        let sent = self.sent.into_inner().unwrap();
        let ended = self.ended.load(Ordering::SeqCst);
        if ended != sent.len() {
            ledger.lost.push(format!("{} of {} requests have no outcome", sent.len() - ended, sent.len()));
        }
        let arrived = self.emulator.api_requests();
        for request in &arrived {
            let number = request.header(NUMBER).and_then(|number| number.parse::<usize>().ok());
            let original = number.and_then(|number| sent.get(number));
            // Of one that passed once, and of one that was cut off, there is nothing to compare with; and a redirect may make a POST a
            // GET, which has no body.
            let is_whole = request.method() != "GET" && !was_cut_off(request);
            if is_whole && original.is_some_and(|body| !body.is_empty() && body != request.body()) {
                ledger.lost.push(format!("the body of request {} arrived altered", number.unwrap_or_default()));
            }
            let is_accepted = request.status().is_some_and(|status| status.is_success());
            if is_accepted
                && (request.rejection().is_some()
                    || ["authorization", "x-api-key"].iter().all(|name| request.header(name).is_none()))
            {
                ledger.let_in.push(format!("the API accepted {request:?}"));
            }
        }
        for token in self.not_ours.lock().unwrap().drain(..) {
            if arrived.iter().any(|request| request.carries(&token)) {
                ledger.let_in.push("the API got a token that is somebody else's".to_owned());
            }
        }
        let issued = self.emulator.issued_tokens();
        let own = self.secrets.into_inner().unwrap();
        for secret in iter::once(Emulator::API_KEY.to_owned()).chain(issued).chain(own) {
            overheard::must_not_hear(secret);
        }
        for said in self.said.into_inner().unwrap() {
            overheard::must_not_show("an error or outcome shows", said);
        }
        for request in self.emulator.other_requests() {
            overheard::must_not_show("another origin got", whole(&request));
        }
        Seen {
            outcomes: self.outcomes.into_inner().unwrap(),
            fetches: self.emulator.token_request_count(),
            requests: arrived.len(),
            took,
            ledger,
            left_out: None,
        }
    }
}

/// Whether a body was announced and did not come: it was answered, or the connection ended, before.
fn was_cut_off(request: &RecordedRequest) -> bool {
    let announced = request.header("content-length").is_some_and(|length| length != "0")
        || request.header("transfer-encoding").is_some();
    request.body().is_empty() && announced
}

/// All that arrived of a request.
fn whole(request: &RecordedRequest) -> Vec<u8> {
    let headers =
        request.headers().iter().map(|(name, value)| [name.as_str().as_bytes(), b": ", value.as_bytes()].concat());
    let mut parts = vec![request.path().as_bytes().to_vec(), request.query().unwrap_or_default().into()];
    parts.extend(headers);
    parts.push(request.body().to_vec());
    parts.join(&b'\n')
}

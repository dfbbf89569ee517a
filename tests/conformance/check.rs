//! Expected and got.

use std::collections::BTreeMap;
use std::fmt::Debug;

use auth_core::adapter::{Sent, Without};
use auth_core::{Error, ErrorKind, Outcome};

use super::calls::Arrival;
use super::clock::{Clock, same_time};
use super::wanted::{AnswerWanted, ErrorWanted};

/// What a check says: nothing, or how expected and got differ.
pub(crate) type Verdict = Result<(), String>;

/// What one caller is to get.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) waited: f64,
    pub(crate) brings: Option<&'a String>,
    pub(crate) generation: Option<u64>,
    pub(crate) headers: Option<&'a BTreeMap<String, String>>,
    pub(crate) answered: Option<&'a AnswerWanted>,
    pub(crate) fails: Option<&'a ErrorWanted>,
}

impl Wanted<'_> {
    pub(crate) fn is_given(&self) -> bool {
        self.waited > 0.0 || self.brings.is_some() || self.answered.is_some() || self.fails.is_some()
    }
}

pub(crate) fn arrival(wanted: Wanted<'_>, arrived: Option<(f64, Arrival)>, clock: &Clock) -> Verdict {
    let Some((waited, got)) = arrived else {
        return Err(format!("expected an answer after {} s, got none yet", wanted.waited));
    };
    if !same_time(waited, wanted.waited) {
        return Err(format!("expected to wait {} s, got {got:?} after {waited} s", wanted.waited));
    }
    match (&got, wanted.brings, wanted.answered, wanted.fails) {
        (Arrival::Token { token, generation, headers }, Some(name), None, None) => {
            same("token", name, token)?;
            same_if_given("generation", wanted.generation, *generation)?;
            let Some(wanted) = wanted.headers else { return Ok(()) };
            same("headers", wanted, &headers.iter().cloned().collect())
        }
        (Arrival::Response { status, outcome }, None, Some(answer), None) => {
            response(answer, *status, outcome.as_ref())
        }
        (Arrival::Failed(got), None, None, Some(wanted)) => error(wanted, got, clock),
        (_, None, None, None) => Err("the step says nothing about what arrives".to_owned()),
        _ => {
            let (brings, answered, fails) = (wanted.brings, wanted.answered, wanted.fails);
            let expected = brings
                .map(|token| format!("token {token}"))
                .or_else(|| answered.map(|answer| format!("{answer:?}")))
                .or_else(|| fails.map(|error| format!("{error:?}")));
            Err(format!("expected {}, got {got:?}", expected.unwrap_or_default()))
        }
    }
}

fn response(wanted: &AnswerWanted, status: u16, outcome: Option<&Outcome>) -> Verdict {
    same("status", &wanted.status, &status)?;
    same_if_given("rejected", wanted.rejected, outcome.is_some_and(Outcome::is_rejected))?;
    same_if_given("replayed", wanted.replayed, outcome.is_some_and(Outcome::is_replayed))?;
    let sent = outcome.map(Outcome::sent);
    if let Some(generation) = wanted.generation {
        same("sent with", &Some(Sent::With { generation }), &sent)?;
    }
    if let Some(reason) = &wanted.without {
        let got = match sent {
            Some(Sent::Without(Without::CallersOwn)) => "callers_own",
            Some(Sent::Without(Without::NoneNeeded)) => "none_needed",
            Some(Sent::Without(Without::OtherOrigin)) => "other_origin",
            Some(Sent::Without(Without::Asked)) => "asked",
            _ => "with a token",
        };
        same("sent without, because", &reason.as_str(), &got)?;
    }
    let cause = outcome.and_then(Outcome::error).map(|error| kind_name(error.kind()));
    match &wanted.cause {
        Some(wanted) => same("cause", &Some(wanted.clone()), &cause),
        None => Ok(()),
    }
}

fn error(wanted: &ErrorWanted, got: &Error, clock: &Clock) -> Verdict {
    let explain = |verdict: Verdict| verdict.map_err(|text| format!("{text} in {got:?}"));
    explain(same("kind", &wanted.kind, &kind_name(got.kind())))?;
    explain(same_if_given("is_transient", wanted.transient, got.is_transient()))?;
    explain(same_if_given("status", wanted.status.map(Some), got.status()))?;
    explain(same_if_given("code", wanted.code.as_deref().map(Some), got.code()))?;
    explain(same_if_given("source", wanted.source.as_deref().map(Some), got.source_id()))?;
    let retry_after = got.retry_after().map(|pause| pause.as_secs_f64());
    explain(same_if_given("retry_after", wanted.retry_after.map(Some), retry_after))?;
    if let Some(at) = wanted.retry_at {
        let got = got.retry_at().map(|moment| clock.time_of(moment));
        explain(if got.is_some_and(|got| same_time(got, at)) { Ok(()) } else { differ("retry_at", &at, &got) })?;
    }
    let listed = || got.causes().iter().filter_map(|cause| cause.source_id().map(str::to_owned)).collect();
    explain(same_if_given("links listed", wanted.lists.clone(), listed()))?;
    let text = got.to_string();
    if let Some(long) = text.lines().find(|line| line.len() >= 300) {
        return differ("lines under 300 bytes in", &text, &long.len());
    }
    if let Some(words) = wanted.hides.iter().find(|words| text.contains(words.as_str())) {
        return differ("a message without", words, &text);
    }
    match wanted.mentions.iter().find(|words| !text.contains(words.as_str())) {
        Some(words) => differ("a message that mentions", words, &text),
        None => Ok(()),
    }
}

pub(crate) fn same<T: PartialEq + Debug>(what: &str, wanted: &T, got: &T) -> Verdict {
    if wanted == got { Ok(()) } else { differ(what, wanted, got) }
}

pub(crate) fn same_if_given<T: PartialEq + Debug>(what: &str, wanted: Option<T>, got: T) -> Verdict {
    wanted.map_or(Ok(()), |wanted| same(what, &wanted, &got))
}

pub(crate) fn differ(what: &str, wanted: &impl Debug, got: &impl Debug) -> Verdict {
    Err(format!("{what}: expected {wanted:?}, got {got:?}"))
}

/// Every kind of error by the name that the data gives it.
pub(crate) fn all_kinds() -> impl Iterator<Item = (String, ErrorKind)> {
    use ErrorKind::{
        Closed, ExpiredOnArrival, InsecureTransport, InteractionRequired, Malformed, Misconfigured, Rejected, Timeout,
        Transient, Unavailable,
    };
    let kinds = [
        Unavailable,
        Misconfigured,
        Rejected,
        Malformed,
        Transient,
        InteractionRequired,
        ExpiredOnArrival,
        InsecureTransport,
        Timeout,
        Closed,
    ];
    kinds.into_iter().map(|kind| (kind_name(kind), kind))
}

fn kind_name(kind: ErrorKind) -> String {
    kind.to_string().replace(' ', "_")
}

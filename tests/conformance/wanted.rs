//! What must follow in a case, as the data writes it. What is not named is not looked at.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::assertion::Assertion;

/// An error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorWanted {
    pub(crate) kind: String,
    pub(crate) transient: Option<bool>,
    pub(crate) code: Option<String>,
    /// The id of the credential that it is about.
    pub(crate) source: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) retry_after: Option<f64>,
    /// The time of the case at which it is tried again.
    pub(crate) retry_at: Option<f64>,
    #[serde(default)]
    pub(crate) mentions: Vec<String>,
    /// What must not be in its message.
    #[serde(default)]
    pub(crate) hides: Vec<String>,
    /// The links of the chain that it lists, in their order.
    pub(crate) lists: Option<Vec<String>>,
}

/// A response.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerWanted {
    pub(crate) status: u16,
    /// Whether the response says that the token was rejected.
    pub(crate) rejected: Option<bool>,
    pub(crate) replayed: Option<bool>,
    /// The generation it was last sent with.
    pub(crate) generation: Option<u64>,
    /// Why nothing was attached.
    pub(crate) without: Option<String>,
    /// The kind of error that the response carries as the reason for not having been sent again.
    pub(crate) cause: Option<String>,
}

/// The state of a credential, and what was seen on the outside since the case began.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) key: Option<String>,
    /// Calls of the source.
    pub(crate) fetches: Option<usize>,
    /// When they were made.
    pub(crate) fetched_at: Option<Vec<f64>>,
    /// No two of them begin closer together.
    pub(crate) fetches_apart: Option<f64>,
    pub(crate) reasons: Option<Vec<String>>,
    /// How often each link of the chain was asked.
    pub(crate) asked: BTreeMap<String, usize>,
    /// How each link of the chain stands.
    pub(crate) links: BTreeMap<String, String>,
    /// Where each setting stands.
    pub(crate) explained: BTreeMap<String, String>,
    /// The forms that reached the token endpoint, as far as they are named; null for a field that is not there.
    pub(crate) forms: Option<Vec<BTreeMap<String, Option<String>>>>,
    /// Nothing of the helper runs any more.
    pub(crate) helper_gone: bool,
    /// Calls that were ended before they had an answer.
    pub(crate) cut_short: Option<usize>,
    pub(crate) stage: Option<String>,
    pub(crate) generation: Option<u64>,
    pub(crate) remaining: Option<f64>,
    pub(crate) no_known_end: Option<bool>,
    pub(crate) refreshing: Option<bool>,
    pub(crate) suspect: Option<bool>,
    pub(crate) last_error: Option<String>,
    /// How many events of each of these kinds.
    pub(crate) events: BTreeMap<String, usize>,
    /// Assertions that reached the token endpoint.
    pub(crate) assertions: Option<Vec<Assertion>>,
    /// Requests that reached the API server.
    pub(crate) requests: Option<usize>,
    /// How many of them carried each token; `none` for none.
    pub(crate) carried: Option<BTreeMap<String, usize>>,
    /// Each of them.
    pub(crate) seen: Option<Vec<Seen>>,
}

/// A request as the API server saw it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Seen {
    /// `none` for none.
    pub(crate) token: Option<String>,
    pub(crate) uri: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) headers: BTreeMap<String, String>,
}

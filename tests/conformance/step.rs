//! What happens in a case, one step after the other, as the data writes it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::wanted::{AnswerWanted, ErrorWanted, Expect};

/// Written as an object with one member: the verb, and what it needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// Lets time pass until this time of the case.
    At(f64),
    /// Lets this much time pass.
    Wait(f64),
    /// The machine sleeps: wall and boot clock go on, the monotonic clock stands still.
    Suspend(f64),
    /// Somebody sets the wall clock.
    SetWall(i64),
    Random(f64),
    /// Somebody replaces the token file; null removes it.
    File(Option<String>),
    Do(Deed),
    Get(Get),
    Send(Box<Send>),
    /// A caller that was named has its answer by now.
    Arrives(Arrives),
    /// A caller that was named has none yet.
    Pending(String),
    /// A caller that was named goes away.
    Drop(String),
    Expect(Box<Expect>),
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Deed {
    Invalidate,
    RetryNow,
    Shutdown,
}

/// Callers who want a token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Get {
    pub(crate) key: Option<String>,
    #[serde(default = "one")]
    pub(crate) count: u32,
    /// They come evenly over this time.
    #[serde(default)]
    pub(crate) over: f64,
    #[serde(default)]
    pub(crate) min_remaining: f64,
    /// They are looked at later, under this name.
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) waited: f64,
    pub(crate) brings: Option<String>,
    pub(crate) generation: Option<u64>,
    pub(crate) headers: Option<BTreeMap<String, String>>,
    pub(crate) fails: Option<ErrorWanted>,
}

/// Requests through the adapter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Send {
    #[serde(default = "one")]
    pub(crate) count: u32,
    /// They are sent evenly over this time.
    #[serde(default)]
    pub(crate) over: f64,
    #[serde(default = "get")]
    pub(crate) method: String,
    #[serde(default = "home")]
    pub(crate) uri: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: String,
    #[serde(default)]
    pub(crate) auth: RequestAuth,
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) waited: f64,
    pub(crate) answered: Option<AnswerWanted>,
    pub(crate) fails: Option<ErrorWanted>,
}

/// What the request itself says about its authentication.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RequestAuth {
    #[default]
    Usual,
    None,
    Fresh,
    Using(String),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arrives {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) waited: f64,
    pub(crate) brings: Option<String>,
    pub(crate) generation: Option<u64>,
    pub(crate) headers: Option<BTreeMap<String, String>>,
    pub(crate) answered: Option<AnswerWanted>,
    pub(crate) fails: Option<ErrorWanted>,
}

fn one() -> u32 {
    1
}

fn get() -> String {
    "GET".to_owned()
}

fn home() -> String {
    "https://api.test/".to_owned()
}

//! What is given in a case, as the data writes it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::configuration::Configuration;
use super::step::Step;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) why: String,
    /// The test that holds this row, if it is no data.
    pub(crate) held_by: Option<String>,
    /// What not every HTTP client has.
    pub(crate) needs: Option<Needs>,
    #[serde(default)]
    pub(crate) given: Given,
    #[serde(default)]
    pub(crate) steps: Vec<Step>,
    /// The steps as they are written, to be shown when one fails.
    #[serde(skip)]
    pub(crate) texts: Vec<String>,
}

/// A case that needs it is left out for clients without.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Needs {
    /// Requests that say a path only, and leave the host to the connection.
    PathOnlyRequests,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Given {
    pub(crate) source: Option<Vec<FetchAnswer>>,
    pub(crate) endpoint: Option<Vec<EndpointAnswer>>,
    /// The source sends the endpoint assertions that live so long, instead of a key.
    pub(crate) assertion: Option<f64>,
    pub(crate) file: Option<TokenFile>,
    pub(crate) chain: Option<Vec<ChainLink>>,
    /// The name that the environment chooses.
    pub(crate) chosen: Option<String>,
    pub(crate) helper: Option<Helper>,
    pub(crate) configuration: Option<Configuration>,
    /// More credentials, by name.
    pub(crate) keys: BTreeMap<String, Vec<FetchAnswer>>,
    pub(crate) policy: PolicyChanges,
    /// What the random source returns: uniform in `[0, 1)` in real life.
    pub(crate) random: f64,
    pub(crate) no_boot_clock: bool,
    /// Tasks go on although they were told to stop.
    pub(crate) unstoppable_tasks: bool,
    pub(crate) origins: Origins,
    pub(crate) server: Vec<ServerRule>,
    pub(crate) replay: Replay,
    pub(crate) redirects: Redirects,
}

/// One call of the scripted source, or several that go the same way.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FetchAnswer {
    #[serde(default = "once")]
    pub(crate) times: u32,
    #[serde(default)]
    pub(crate) always: bool,
    #[serde(default)]
    pub(crate) takes: f64,
    pub(crate) token: Option<String>,
    pub(crate) error: Option<SourceError>,
    #[serde(default)]
    pub(crate) hangs: bool,
    #[serde(default)]
    pub(crate) panics: bool,
    pub(crate) jwt: Option<Jwt>,
    pub(crate) scheme: Option<String>,
    pub(crate) header: Option<String>,
    pub(crate) expires_in: Option<f64>,
    pub(crate) expires_at: Option<f64>,
    pub(crate) server_time: Option<f64>,
    pub(crate) refresh_in: Option<f64>,
    pub(crate) refresh_lead_max: Option<f64>,
    pub(crate) recheck: Option<f64>,
    pub(crate) default_lifetime: Option<f64>,
    #[serde(default)]
    pub(crate) found: bool,
    /// Asks for this much time for the call.
    pub(crate) allows: Option<f64>,
    #[serde(default)]
    pub(crate) single_use: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceError {
    pub(crate) kind: String,
    pub(crate) retry_after: Option<f64>,
    #[serde(default)]
    pub(crate) never_sent: bool,
    pub(crate) status: Option<u16>,
}

/// The times in a JWT, on the wall clock.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Jwt {
    pub(crate) iat: Option<f64>,
    pub(crate) exp: f64,
}

/// One answer of the token endpoint, or several alike.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointAnswer {
    #[serde(default = "once")]
    pub(crate) times: u32,
    #[serde(default)]
    pub(crate) always: bool,
    #[serde(default)]
    pub(crate) takes: f64,
    #[serde(default = "ok")]
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Value>,
    /// A string is sent as it is, anything else as JSON.
    #[serde(default)]
    pub(crate) body: Value,
    /// No connection comes about.
    #[serde(default)]
    pub(crate) unreachable: bool,
}

/// One link of a chain: a scripted source, or the error of a source that could not be made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChainLink {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) source: Vec<FetchAnswer>,
    pub(crate) unmade: Option<SourceError>,
    /// It has to be found out whether it is there.
    #[serde(default)]
    pub(crate) probed: bool,
}

/// A helper program, the same each time that it is run.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Helper {
    /// As it is if it is a string, anything else as JSON.
    #[serde(default)]
    pub(crate) prints: Value,
    /// The token in what it prints.
    pub(crate) token: Option<String>,
    /// What it writes to stderr.
    #[serde(default)]
    pub(crate) complains: String,
    #[serde(default)]
    pub(crate) exits: u8,
    /// It does not end by itself, and neither does another program that it has started.
    #[serde(default)]
    pub(crate) hangs: bool,
    /// There is no such program, or it is no program.
    pub(crate) is: Option<NoProgram>,
    pub(crate) format: Option<String>,
    pub(crate) limit: Option<f64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NoProgram {
    Missing,
    NotExecutable,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenFile {
    /// Absent: there is no file.
    pub(crate) content: Option<String>,
}

/// The options of the engine that cases change, by the names that they have there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PolicyChanges {
    /// How much jitter there is, 0 to 1. Without it there is none.
    pub(crate) jitter: f64,
    pub(crate) expiry_margin: Option<f64>,
    pub(crate) acquire_timeout: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Origins {
    These(Vec<String>),
    ConnectionBound(String),
    Anywhere,
}

impl Default for Origins {
    fn default() -> Self {
        Self::These(vec!["https://api.test".to_owned()])
    }
}

/// How the API server answers the requests that match.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServerRule {
    #[serde(default)]
    pub(crate) when: When,
    /// How many requests it is good for; absent: all.
    pub(crate) times: Option<u32>,
    #[serde(default)]
    pub(crate) takes: f64,
    #[serde(default = "ok")]
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct When {
    pub(crate) token: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) path: Option<String>,
}

/// Which requests may be sent a second time.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Replay {
    /// Those without a body; one that is there passes once.
    #[default]
    Bodiless,
    /// Those whose body can be had again, too.
    Cloned,
    Never,
    /// Those of the safe methods only.
    SafeMethods,
}

/// Who follows redirects.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Redirects {
    /// Nobody.
    #[default]
    Returned,
    /// A client outside the adapter, so that each hop passes through it.
    Outside,
    /// The client below the adapter, within the origin; it returns what leads elsewhere.
    BelowWithinOrigin,
    /// The client below the adapter, wherever they lead.
    Below,
}

fn once() -> u32 {
    1
}

fn ok() -> u16 {
    200
}

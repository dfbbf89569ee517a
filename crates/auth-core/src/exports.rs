//! The variables in which a program that is started with a credential finds it.

use std::borrow::Cow;
use std::fmt;

use crate::reserved;
use crate::settings::Setting;

const TOKEN: &[&str] = &["AUTHCTL_TOKEN"];
const TOKEN_FILE: &[&str] = &["AUTHCTL_TOKEN_FILE"];
const EXPIRES_AT: &[&str] = &["AUTHCTL_TOKEN_EXPIRES_AT"];
const ENDPOINT: &[&str] = &["AUTHCTL_ENDPOINT"];

/// Those that every program gets, whatever the system is, for the reference.
pub(crate) const SETTINGS: [Setting; 4] = [
    Setting::secret("token", "set for a program that is given a token: the token").with_variables(TOKEN),
    Setting::new("token_file", "set for such a program: the file with the token, if it is kept up to date there")
        .with_variables(TOKEN_FILE),
    Setting::new(
        "token_expires_at",
        "set for such a program: when the token ends, if that is known, RFC 3339 in UTC; not beside a file",
    )
    .with_variables(EXPIRES_AT),
    Setting::new("endpoint", "set for such a program: the base URL that the token is for").with_variables(ENDPOINT),
];

/// The names under which programs look for a token, and what else they read from their environment: of a system those that
/// its own clients know, so that they run as they are.
///
/// Not every system has names: Cape's client reads a file, Skyflow's take no bearer token from a variable, and the SDKs of IBM
/// Cloud's services each have a prefix of their own.
///
#[cfg_attr(feature = "podstack", doc = "```")]
#[cfg_attr(not(feature = "podstack"), doc = "```text")]
/// use auth_core::{Env, systems::Podstack};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let access = Podstack::from_env(&Env::of([("PODSTACK_API_TOKEN", "psk_1")])).project("p-1").access()?;
/// let exports = access.exports();
/// assert!(exports.token().any(|name| name == "PODSTACK_API_KEY"), "its published package calls it so");
/// assert!(exports.values().any(|pair| pair == ("PODSTACK_PROJECT", "p-1")));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Exports {
    token: Vec<Cow<'static, str>>,
    token_file: Vec<Cow<'static, str>>,
    expires_at: &'static [&'static str],
    values: Vec<(Cow<'static, str>, String)>,
}

impl Exports {
    /// No names at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those that every program gets, and these behind them.
    pub(crate) fn for_all(endpoint: String, own: &Self) -> Self {
        let mut all = Self::new().with_token(TOKEN).with_token_file(TOKEN_FILE).with_value(ENDPOINT, endpoint);
        all.expires_at = EXPIRES_AT;
        all.token.extend(own.token.iter().cloned());
        all.token_file.extend(own.token_file.iter().cloned());
        all.values.extend(own.values.iter().cloned());
        all
    }

    /// Whether a shell, a loader or an interpreter knows this name, such as `PATH`, `LD_PRELOAD` or `GIT_SSH_COMMAND`: a token there would
    /// break or steer the program that gets it. Systems described in a config can't export to one.
    pub fn is_reserved(name: &str) -> bool {
        reserved::is_reserved(name)
    }

    /// The token, under each of these names.
    #[must_use]
    pub fn with_token<N: Into<Cow<'static, str>> + Clone>(mut self, names: &[N]) -> Self {
        self.token.extend(names.iter().cloned().map(Into::into));
        self
    }

    /// The path of a file with the token, under each of these names.
    #[must_use]
    pub fn with_token_file<N: Into<Cow<'static, str>> + Clone>(mut self, names: &[N]) -> Self {
        self.token_file.extend(names.iter().cloned().map(Into::into));
        self
    }

    /// A value that is no secret, under each of these names.
    #[must_use]
    pub fn with_value<N: Into<Cow<'static, str>> + Clone>(mut self, names: &[N], value: impl Into<String>) -> Self {
        let value = value.into();
        self.values.extend(names.iter().cloned().map(|name| (name.into(), value.clone())));
        self
    }

    /// The names for the token.
    pub fn token(&self) -> impl Iterator<Item = &str> {
        self.token.iter().map(AsRef::as_ref)
    }

    /// The names for the path of a file with the token.
    pub fn token_file(&self) -> impl Iterator<Item = &str> {
        self.token_file.iter().map(AsRef::as_ref)
    }

    /// The names for the token's end, RFC 3339 in UTC. No system has one of its own: it is the same for all, and there only in what an
    /// [`Access`](crate::Access::exports) says.
    pub fn expires_at(&self) -> impl Iterator<Item = &str> {
        self.expires_at.iter().copied()
    }

    /// What is no secret: names and values.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_ref(), value.as_str()))
    }
}

impl fmt::Debug for Exports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A project's id is no secret, but what was put in its place by mistake may be one.
        let values: Vec<&str> = self.values().map(|(name, _)| name).collect();
        let Self { token, token_file, expires_at, .. } = self;
        f.debug_struct("Exports")
            .field("token", token)
            .field("token_file", token_file)
            .field("expires_at", expires_at)
            .field("values", &values)
            .finish_non_exhaustive()
    }
}

//! Podstack: an API token, and a project.
//!
//! Names as in the platform's documents; those of the published Python package (1.7) are aliases.

use http::HeaderName;

use crate::settings::{Lookup, Profile, Setting, Settings, trust};
use crate::{Access, Context, Env, Error, Secret};

/// Where the API is unless said otherwise.
pub const ENDPOINT: &str = "https://api.podstack.ai/v1";

const TOKEN: Setting = Setting::secret("token", "the API token")
    .with_variables(&["PODSTACK_API_TOKEN", "PODSTACK_API_KEY"])
    .with_keys(&["api_token"]);
const PROJECT: Setting = Setting::new("project", "the project that requests are about, sent as `X-Project-ID`")
    .with_variables(&["PODSTACK_PROJECT", "PODSTACK_PROJECT_ID"])
    .with_keys(&["project"]);
const API: Setting = Setting::new("endpoint", "the base URL, as it is")
    .with_variables(&["PODSTACK_API_ENDPOINT", "PODSTACK_BASE_URL"])
    .with_keys(&["endpoint"])
    .with_default(ENDPOINT);
const PROFILE: Setting = Setting::new("profile", "the section of `~/.podstack/credentials`")
    .with_variables(&["PODSTACK_PROFILE"])
    .with_default("default");

/// What can be set.
pub const SETTINGS: [Setting; 4] = [TOKEN, PROJECT, API, PROFILE];

/// The file with the profiles, below the home folder.
const CREDENTIALS: &str = ".podstack/credentials";

/// Podstack.
///
/// Needs a [`token`](Self::token). All names: [`SETTINGS`].
///
/// Profiles stand in `~/.podstack/credentials`, an INI file. The project goes with every request, as `X-Project-ID`. The
/// endpoint is taken as it is: no `/v1` is added.
///
/// ```
/// use auth_core::{Env, systems::Podstack};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let access = Podstack::new().env(Env::of([("PODSTACK_API_TOKEN", "psk_1")])).project("p-1").access()?;
/// assert_eq!(access.endpoint().to_string(), "https://api.podstack.ai/v1");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Podstack {
    env: Env,
    profile: Option<Profile>,
    profile_name: Option<Secret>,
    token: Option<Secret>,
    project: Option<Secret>,
    endpoint: Option<Secret>,
    whoami: Option<String>,
    trust_endpoint: bool,
}

impl Podstack {
    /// Everything from the process's environment and the credentials file, unless said otherwise.
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything from the process's environment and the credentials file: `Podstack::new().access()`.
    ///
    /// # Errors
    /// As [`access`](Self::access).
    pub fn from_env() -> Result<Access, Error> {
        Self::new().access()
    }

    /// A profile of the credentials file, and what the environment says: `Podstack::new().profile_name(name).access()`.
    ///
    /// # Errors
    /// As [`access`](Self::access).
    pub fn from_profile(name: &str) -> Result<Access, Error> {
        Self::new().profile_name(name).access()
    }

    /// The environment to look in. Default: the process's.
    #[must_use]
    pub fn env(mut self, env: Env) -> Self {
        self.env = env;
        self
    }

    /// A profile from another file, instead of one from the credentials file.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = Some(profile);
        self
    }

    /// The profile of the credentials file.
    #[must_use]
    pub fn profile_name(mut self, name: &str) -> Self {
        self.profile_name = Some(name.into());
        self
    }

    /// The API token. The access's [`token_handle`](Access::token_handle) replaces it when it has been renewed.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The project that requests are about.
    #[must_use]
    pub fn project(mut self, id: &str) -> Self {
        self.project = Some(id.into());
        self
    }

    /// The base URL, as it is.
    #[must_use]
    pub fn endpoint(mut self, url: &str) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// The path that says who one is. Default: `/auth/whoami`.
    #[must_use]
    pub fn whoami(mut self, path: &str) -> Self {
        self.whoami = Some(path.to_owned());
        self
    }

    /// Sends the token also to an endpoint from a file in the working directory. Default: that is an error, unless the
    /// token stands there too.
    #[must_use]
    pub fn trust_endpoint(mut self) -> Self {
        self.trust_endpoint = true;
        self
    }

    /// Looks everything up.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if there is no token; [`Misconfigured`](crate::ErrorKind::Misconfigured)
    /// if a value is unusable, the credentials file is broken, or a profile is named that it does not have. The message names
    /// the argument, the variable or the file and line.
    pub fn access(self) -> Result<Access, Error> {
        let mut settings = Settings::new(self.env);
        match self.profile {
            Some(profile) => settings = settings.with_profile(profile),
            None => settings = with_credentials_file(settings, self.profile_name.as_ref())?,
        }
        let token = settings.require(&Lookup::of(&TOKEN).argument(self.token.as_ref()))?;
        let endpoint = settings.require(&Lookup::of(&API).argument(self.endpoint.as_ref()))?;
        trust::check(&endpoint, &token, self.trust_endpoint || settings.trusts_endpoint())?;
        let project = settings.find(&Lookup::of(&PROJECT).argument(self.project.as_ref()))?;
        let context = match project {
            Some(project) => Context::default()
                .with_header(HeaderName::from_static("x-project-id"), project.value())
                .map_err(|_| project.unusable("it has characters that can't stand in a header"))?,
            None => Context::default(),
        };
        let access = Access::with_token("podstack", &token, endpoint.endpoint()?)?;
        Ok(access
            .with_context(context)
            .with_whoami(self.whoami.unwrap_or_else(|| "/auth/whoami".to_owned()))
            .with_explanation(settings.into_explanation()))
    }
}

/// The settings with the profile of the credentials file behind them. That there is none is fine as long as nobody named one.
fn with_credentials_file(mut settings: Settings, name: Option<&Secret>) -> Result<Settings, Error> {
    let name = settings.require(&Lookup::of(&PROFILE).argument(name))?;
    let Some(home) = settings.env().home()? else { return Ok(settings) };
    let _path = home.join(CREDENTIALS);
    Ok(settings)
}

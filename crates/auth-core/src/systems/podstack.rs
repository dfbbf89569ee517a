//! Podstack: an API token, and a project.
//!
//! Names as in the platform's documents; those of the published Python package (1.7) are aliases.

use std::path::Path;

use http::HeaderName;

use super::given::Text;
use crate::settings::{Lookup, Profile, Profiles, Provenance, Setting, Settings, trust};
use crate::{Access, Context, Env, Error, ErrorKind, Exports, Secret};

/// Where the API is unless said otherwise.
const ENDPOINT: &str = "https://api.podstack.ai/v1";

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
const PROFILE: Setting = Setting::new("profile_name", "the section of `~/.podstack/credentials`")
    .with_variables(&["PODSTACK_PROFILE"])
    .with_default("default");

/// What can be set.
pub(crate) const SETTINGS: &[Setting] = &[TOKEN, PROJECT, API, PROFILE];

/// The file with the profiles, below the home folder.
const CREDENTIALS: &str = ".podstack/credentials";

/// Podstack.
///
/// Needs a [`token`](Self::token). All names: `docs/reference/environment.md` in the repository.
///
/// Profiles stand in `~/.podstack/credentials`, an INI file. The project goes with every request, as `X-Project-ID`. The
/// endpoint is taken as it is: no `/v1` is added.
///
/// ```
/// use auth_core::{Env, systems::Podstack};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let access = Podstack::from_env(&Env::of([("PODSTACK_API_TOKEN", "psk_1")])).project("p-1").access()?;
/// assert_eq!(access.endpoint().to_string(), "https://api.podstack.ai/v1");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Podstack {
    env: Option<Env>,
    profile: Option<Profile>,
    profile_name: Option<Text>,
    token: Option<Secret>,
    project: Option<Text>,
    endpoint: Option<Text>,
    whoami: Option<String>,
    allow_nearby_endpoint: bool,
}

impl Podstack {
    /// From arguments alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// From arguments, and behind them these variables: `Podstack::from_env(&Env::process())`.
    pub fn from_env(env: &Env) -> Self {
        Self { env: Some(env.clone()), ..Self::default() }
    }

    /// From arguments, behind them these variables, and behind them a profile.
    pub fn from_profile(profile: Profile, env: &Env) -> Self {
        Self { profile: Some(profile), ..Self::from_env(env) }
    }

    /// The profile of the credentials file.
    #[must_use]
    pub fn profile_name(mut self, name: impl Into<String>) -> Self {
        self.profile_name = Some(Text::new(name));
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
    pub fn project(mut self, id: impl Into<String>) -> Self {
        self.project = Some(Text::new(id));
        self
    }

    /// The base URL, as it is. Default: `https://api.podstack.ai/v1`.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(Text::new(url));
        self
    }

    /// The path that says who one is. Default: `/auth/whoami`.
    #[must_use]
    pub fn whoami(mut self, path: impl Into<String>) -> Self {
        self.whoami = Some(path.into());
        self
    }

    /// Sends the token also to an endpoint from a file in the working directory. Default: that is an error, unless the
    /// token stands there too.
    #[must_use]
    pub fn allow_nearby_endpoint(mut self) -> Self {
        self.allow_nearby_endpoint = true;
        self
    }

    /// Looks everything up.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if there is no token; [`Misconfigured`](crate::ErrorKind::Misconfigured)
    /// if a value is unusable, the credentials file is broken, or a profile is named that it does not have. The message names
    /// the argument, the variable or the file and line.
    pub fn access(&self) -> Result<Access, Error> {
        // Arguments alone: no file is anybody's.
        let alone = self.env.is_none() && self.profile_name.is_none();
        let mut settings = Settings::new(self.env.clone().unwrap_or_else(Env::empty));
        match self.profile.clone() {
            Some(profile) => {
                profile.check_keys(SETTINGS)?;
                settings = settings.with_profile(profile);
            }
            None if alone => {}
            None => settings = with_credentials_file(settings, self.profile_name.as_ref())?,
        }
        let token = settings.require(&Lookup::of(&TOKEN).argument(self.token.as_ref()))?;
        let endpoint = settings.require(&Lookup::of(&API).argument(self.endpoint.as_ref()))?;
        trust::check(&endpoint, &token, trust::allowed(&mut settings, self.allow_nearby_endpoint)?)?;
        let project = settings.find(&Lookup::of(&PROJECT).argument(self.project.as_ref()))?;
        let mut exports = Exports::new().with_token(TOKEN.variables());
        if let Some(project) = &project {
            exports = exports.with_value(PROJECT.variables(), project.value());
        }
        let context = match project {
            Some(project) => Context::default()
                .with_header(HeaderName::from_static("x-project-id"), project.value())
                .map_err(|_| project.unusable("it has characters that can't stand in a header"))?,
            None => Context::default(),
        };
        let access = Access::with_token("podstack", &token, endpoint.endpoint()?)?;
        let exports = exports.with_value(API.variables(), access.endpoint().to_string());
        Ok(access
            .with_exports(exports)
            .with_context(context)
            .with_whoami(self.whoami.clone().unwrap_or_else(|| "/auth/whoami".to_owned()))
            .with_explanation(settings.into_explanation()))
    }
}

/// The settings with a profile of the credentials file behind them. That there is no file, or no profile `default` in it, is
/// fine as long as nobody named one.
fn with_credentials_file(mut settings: Settings, name: Option<&Text>) -> Result<Settings, Error> {
    let profile = settings.require(&Lookup::of(&PROFILE).argument(name))?;
    let is_named = *profile.provenance() != Provenance::Default;
    let missing = |error: Error| match error.kind() {
        ErrorKind::Unavailable if is_named => profile.unusable(error),
        _ => error,
    };
    let selected = Profiles::read_ini(Path::new("~").join(CREDENTIALS), settings.env())
        .and_then(|profiles| profiles.named(&profile))
        .map_err(missing);
    match selected {
        Ok(profile) => Ok(settings.with_profile(profile)),
        Err(error) if error.kind() == ErrorKind::Unavailable => {
            settings.note(error.to_string());
            Ok(settings)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\u{feff}[default]\r\napi_token = psk_file\r\n\r\n[prod]\r\napi_token=psk_prod\r\nproject=p-9\r\nendpoint=https://eu.example/v2\r\n";

    fn home(file: Option<&str>) -> (tempfile::TempDir, Vec<(&'static str, String)>) {
        let home = tempfile::tempdir().unwrap();
        if let Some(text) = file {
            std::fs::create_dir(home.path().join(".podstack")).unwrap();
            std::fs::write(home.path().join(CREDENTIALS), text).unwrap();
        }
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let variables = vec![(name, home.path().to_str().unwrap().to_owned())];
        (home, variables)
    }

    fn of(variables: &[(&'static str, String)], more: &[(&'static str, &str)]) -> Podstack {
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Podstack::from_env(&Env::of(variables.iter().cloned().chain(more)))
    }

    fn place(access: &Access) -> String {
        access.credential().map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn an_argument_wins_over_a_variable_and_that_over_its_alias_and_that_over_the_file() -> Result<(), Error> {
        let (_home, env) = home(Some(FILE));
        assert!(place(&of(&env, &[]).access()?).ends_with("credentials:2"));
        assert_eq!(place(&of(&env, &[("PODSTACK_API_KEY", "k")]).access()?), "the variable PODSTACK_API_KEY");
        let both = [("PODSTACK_API_KEY", "k"), ("PODSTACK_API_TOKEN", "t")];
        assert_eq!(place(&of(&env, &both).access()?), "the variable PODSTACK_API_TOKEN");
        assert_eq!(place(&of(&env, &both).token("a").access()?), "the argument `token`");
        Ok(())
    }

    #[test]
    fn a_profile_brings_token_project_and_endpoint() -> Result<(), Error> {
        let (_home, env) = home(Some(FILE));
        for access in
            [of(&env, &[]).profile_name("prod").access()?, of(&env, &[("PODSTACK_PROFILE", "prod")]).access()?]
        {
            assert_eq!(access.endpoint().to_string(), "https://eu.example/v2");
            assert_eq!(access.explain().value("project"), Some("p-9"));
        }
        Ok(())
    }

    #[test]
    fn an_unknown_profile_is_an_error_that_lists_those_there_are_and_a_missing_file_one_that_names_it() {
        let (_home, env) = home(Some(FILE));
        let error = of(&env, &[]).profile_name("pord").token("t").access().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("default, prod"), "{error}");
        let (_home, env) = home(None);
        let error = of(&env, &[]).profile_name("prod").access().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("`profile_name`") && error.to_string().contains("credentials"), "{error}");
    }

    #[test]
    fn without_a_token_the_error_names_argument_variables_and_key() {
        let (_home, env) = home(None);
        let error = of(&env, &[]).access().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        for name in ["`token`", "PODSTACK_API_TOKEN", "PODSTACK_API_KEY", "api_token"] {
            assert!(error.to_string().contains(name), "{error}");
        }
        let (_home, env) = home(Some("[default]\napi_token = \"psk_quoted\"\n"));
        let error = of(&env, &[]).access().unwrap_err();
        assert!(error.to_string().contains("credentials:2") && error.to_string().contains("quotes"), "{error}");
    }

    #[test]
    fn an_endpoint_of_the_working_directory_gets_a_token_from_elsewhere_only_if_the_program_says_so()
    -> Result<(), Error> {
        let folder = crate::testing::Folder::new();
        folder.write(".env", "PODSTACK_BASE_URL=https://evil.example\n");
        let env = Env::empty().in_directory(folder.path()).with_dotenv(".env")?;
        let podstack = || Podstack::from_env(&env).token("psk_1");
        let error = podstack().access().unwrap_err();
        assert!(error.to_string().contains("working directory"), "{error}");
        podstack().allow_nearby_endpoint().access()?;
        Ok(())
    }

    #[test]
    fn what_is_asked_for_who_it_is_can_be_another_path() -> Result<(), Error> {
        let whoami = |podstack: Podstack| Ok::<_, Error>(podstack.token("t").access()?.whoami().map(str::to_owned));
        assert_eq!(whoami(Podstack::new().whoami("/me"))?.as_deref(), Some("/me"));
        assert_ne!(whoami(Podstack::new())?.as_deref(), Some("/me"));
        Ok(())
    }
}

//! IVCAP: a platform that injects its own address into the containers it runs.
//!
//! Follows the documents of the platform, which say that `IVCAP_BASE_URL` overrides `IVCAP_URL` (its Python client, 0.47, does the
//! opposite).

use std::fmt;
use std::sync::Arc;

use http::HeaderName;

use crate::settings::{Found, Lookup, Profile, Provenance, Setting, Settings, trust};
use crate::{Access, Context, Endpoint, Env, Error, Secret, TokenSource};

/// Injected by the platform into its containers.
const INJECTED: &str = "IVCAP_BASE_URL";

const URL: Setting =
    Setting::new("url", "the base URL; with `IVCAP_BASE_URL`, which the platform sets, nothing is attached")
        .with_variables(&[INJECTED, "IVCAP_URL"])
        .with_keys(&["url"]);
const TOKEN: Setting = Setting::secret("token", "the JWT").with_variables(&["IVCAP_JWT"]).with_keys(&["token"]);
const ACCOUNT: Setting = Setting::new("account", "the account's URN")
    .with_variables(&["IVCAP_ACCOUNT_ID"])
    .with_keys(&["account", "account_id"]);

/// What can be set.
pub const SETTINGS: [Setting; 3] = [URL, TOKEN, ACCOUNT];

/// IVCAP.
///
/// Needs a [`url`](Self::url) and, outside the platform, a [`token`](Self::token) or a [`source`](Self::source) of tokens. All
/// names: [`SETTINGS`].
///
/// In a container of the platform `IVCAP_BASE_URL` is set, and requests to it carry no credential, whatever else is
/// configured: a sidecar adds it. Which of the two modes it is follows the URL that wins.
///
/// ```
/// use auth_core::{Env, systems::Ivcap};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let access = Ivcap::from_env(&Env::of([("IVCAP_BASE_URL", "http://ivcap.local")])).access()?;
/// assert!(access.is_none_needed());
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct Ivcap {
    env: Option<Env>,
    profile: Option<Profile>,
    url: Option<Secret>,
    token: Option<Secret>,
    source: Option<Arc<dyn TokenSource>>,
    account: Option<Secret>,
    account_header: Option<HeaderName>,
    allow_nearby_endpoint: bool,
}

impl Ivcap {
    /// From arguments alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// From arguments, and behind them these variables: `Ivcap::from_env(&Env::process())`.
    pub fn from_env(env: &Env) -> Self {
        Self { env: Some(env.clone()), ..Self::default() }
    }

    /// From arguments, behind them these variables, and behind them a profile.
    pub fn from_profile(profile: Profile, env: &Env) -> Self {
        Self { profile: Some(profile), ..Self::from_env(env) }
    }

    /// The base URL. A path prefix is kept.
    #[must_use]
    pub fn url(mut self, url: &str) -> Self {
        self.url = Some(url.into());
        self
    }

    /// The JWT. The access's [`token_handle`](Access::token_handle) replaces it when it has been renewed.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Where JWTs come from, instead of one that is given: the command line client, which `cli_source` asks (feature `exec`),
    /// or its refresh token ([`sources::RefreshToken`](crate::sources)).
    #[must_use]
    pub fn source(mut self, source: impl TokenSource) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// The account's URN.
    #[must_use]
    pub fn account(mut self, urn: &str) -> Self {
        self.account = Some(urn.into());
        self
    }

    /// Sends the account with every request, in this header. Default: in none, as the platform's own clients.
    #[must_use]
    pub fn account_header(mut self, name: HeaderName) -> Self {
        self.account_header = Some(name);
        self
    }

    /// Sends the credential also to a URL from a file in the working directory. Default: that is an error, unless the
    /// credential stands there too.
    #[must_use]
    pub fn allow_nearby_endpoint(mut self) -> Self {
        self.allow_nearby_endpoint = true;
        self
    }

    /// Looks everything up.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if there is no URL, or no token for it;
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if one is unusable, or if a token is given as an argument although
    /// the platform's own URL wins. The message names the argument, the variable or the file.
    pub fn access(self) -> Result<Access, Error> {
        self.profile.as_ref().map_or(Ok(()), |profile| profile.check_keys(&SETTINGS))?;
        let mut settings = Settings::new(self.env.unwrap_or_else(Env::empty)).with_optional_profile(self.profile);
        let url = settings.require(&Lookup::of(&URL).argument(self.url.as_ref()))?;
        let endpoint = url.endpoint()?;
        let context = account(&mut settings, self.account.as_ref(), self.account_header)?;

        let token = Lookup::of(&TOKEN).argument(self.token.as_ref());
        let access = if is_injected(&url) {
            let token_given = self.token.as_ref().is_some_and(|token| !token.expose().is_empty());
            if token_given || self.source.is_some() {
                let message = format!(
                    "the argument `{}` was given although {INJECTED} is set: inside the platform a sidecar adds the \
                     credential, so unset the variable or leave out the argument",
                    if token_given { "token" } else { "source" },
                );
                return Err(Error::misconfigured(message));
            }
            if settings.find(&token)?.is_some() {
                settings.note(format!("the token is not used: {INJECTED} is set, and a sidecar adds the credential"));
            }
            Access::none_needed("ivcap", endpoint)
        } else {
            authenticated(&mut settings, &url, endpoint, &token, self.source, self.allow_nearby_endpoint)?
        };
        Ok(access.with_context(context).with_explanation(settings.into_explanation()))
    }
}

/// Whether it is the platform that says where it is.
fn is_injected(url: &Found) -> bool {
    url.provenance().name() == INJECTED
}

fn authenticated(
    settings: &mut Settings,
    url: &Found,
    endpoint: Endpoint,
    token: &Lookup<'_>,
    source: Option<Arc<dyn TokenSource>>,
    allow_nearby_endpoint: bool,
) -> Result<Access, Error> {
    let trusted = trust::allowed(settings, allow_nearby_endpoint)?;
    if let Some(source) = source {
        trust::check(url, &Found::new("source", Secret::new(""), Provenance::Argument("source".into())), trusted)?;
        return Ok(Access::new("ivcap", source, endpoint));
    }
    let token = settings.require(token)?;
    trust::check(url, &token, trusted)?;
    Access::with_token("ivcap", &token, endpoint)
}

fn account(settings: &mut Settings, argument: Option<&Secret>, header: Option<HeaderName>) -> Result<Context, Error> {
    let Some(account) = settings.find(&Lookup::of(&ACCOUNT).argument(argument))? else { return Ok(Context::default()) };
    // RFC 8141 section 2.
    if !account.value().get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:")) {
        return Err(account.unusable("it is no URN (`urn:ivcap:account:...`)"));
    }
    match header {
        Some(name) => Context::default().with_header(name, account.value()),
        None => Ok(Context::default()),
    }
}

/// The account of an access to IVCAP, for operations that need it.
///
/// # Errors
/// [`Unavailable`](crate::ErrorKind::Unavailable) if none is configured; the message names the argument and the variable.
pub fn account_of(access: &Access) -> Result<&str, Error> {
    let missing =
        || Error::unavailable("no account is configured: give the argument `account`, or set IVCAP_ACCOUNT_ID");
    access.explain().meant("account").ok_or_else(missing)
}

/// The JWT that the platform's command line client holds: `ivcap context get access-token`. It renews it by itself; where
/// nobody is signed in, it prints a sentence that is no token, which is an error.
#[cfg(feature = "exec")]
pub fn cli_source() -> crate::sources::Exec {
    crate::sources::Exec::new("ivcap", ["context", "get", "access-token"])
}

impl fmt::Debug for Ivcap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ivcap")
            .field("url", &self.url)
            .field("token", &self.token)
            .field("source", &self.source.is_some())
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.sig";

    fn with(variables: &[(&str, &str)]) -> Ivcap {
        Ivcap::from_env(&Env::of(variables.iter().copied()))
    }

    #[test]
    fn the_platforms_url_wins_over_the_users_and_needs_no_token() -> Result<(), Error> {
        let variables = [("IVCAP_BASE_URL", "http://ivcap.local"), ("IVCAP_URL", "https://api"), ("IVCAP_JWT", JWT)];
        let access = with(&variables).access()?;
        assert!(access.is_none_needed());
        assert_eq!(access.endpoint().to_string(), "http://ivcap.local");
        assert!(access.explain().to_string().contains("a sidecar adds the credential"));
        Ok(())
    }

    #[test]
    fn an_argument_wins_over_the_platforms_url_and_the_mode_follows_it() -> Result<(), Error> {
        let variables = [("IVCAP_BASE_URL", "http://ivcap.local"), ("IVCAP_JWT", JWT)];
        let access = with(&variables).url("https://api.example.com/ivcap/").access()?;
        assert!(!access.is_none_needed());
        assert_eq!(access.endpoint().to_string(), "https://api.example.com/ivcap");
        Ok(())
    }

    #[test]
    fn a_token_as_an_argument_and_the_platforms_url_contradict_each_other() {
        let error = with(&[("IVCAP_BASE_URL", "http://ivcap.local")]).token(JWT).access().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("`token`") && error.to_string().contains("IVCAP_BASE_URL"), "{error}");
    }

    #[test]
    fn an_empty_token_is_none_inside_the_platform_too() {
        assert!(with(&[("IVCAP_BASE_URL", "http://ivcap.local")]).token("").access().unwrap().is_none_needed());
    }

    #[cfg(feature = "profiles")]
    #[test]
    fn an_account_that_a_profile_refers_to_is_known_and_not_shown() {
        let mut profile = Profile::new("p", "/users/u/config.toml", false);
        profile.insert("account", crate::settings::Value::Variable("ACCOUNT".to_owned()), Some(2));
        let env = Env::of([("ACCOUNT", "urn:ivcap:account:a1"), ("IVCAP_URL", "https://api"), ("IVCAP_JWT", JWT)]);
        let access = Ivcap::from_profile(profile, &env).access().unwrap();
        assert_eq!(account_of(&access).unwrap(), "urn:ivcap:account:a1");
        assert!(!access.explain().to_string().contains("urn:"), "{}", access.explain());
    }

    #[test]
    fn what_is_missing_is_named_with_its_argument_and_variable() {
        let error = with(&[]).access().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.to_string().contains("`url`") && error.to_string().contains("IVCAP_URL"), "{error}");
        let error = with(&[("IVCAP_URL", "https://api"), ("IVCAP_JWT", "")]).access().unwrap_err();
        assert!(error.to_string().contains("`token`") && error.to_string().contains("IVCAP_JWT"), "{error}");
    }

    #[test]
    fn the_account_is_a_urn_and_asked_for_by_name() -> Result<(), Error> {
        let variables = [("IVCAP_URL", "https://api"), ("IVCAP_JWT", JWT)];
        let error = account_of(&with(&variables).access()?).unwrap_err();
        assert!(error.to_string().contains("IVCAP_ACCOUNT_ID"), "{error}");
        let access = with(&variables).account("urn:ivcap:account:a1").access()?;
        assert_eq!(account_of(&access)?, "urn:ivcap:account:a1");
        assert!(access.context().is_empty());
        let error = with(&variables).account("a1").access().unwrap_err();
        assert!(error.to_string().contains("the argument `account`"), "{error}");
        Ok(())
    }
}

//! IVCAP: a platform that injects its own address into the containers it runs.
//!
//! Follows the documents of the platform, which say that `IVCAP_BASE_URL` overrides `IVCAP_URL` (its Python client, 0.47, does the
//! opposite).

use std::sync::Arc;

use http::HeaderName;

use super::given::Text;
use super::own::{self, Own};
use crate::settings::{Found, Lookup, Profile, Provenance, Setting, Settings, trust};
use crate::sources::Injected;
use crate::{Access, Context, Endpoint, Env, Error, Exports, Secret, TokenSource};

/// Injected by the platform into its containers.
const INJECTED: &str = "IVCAP_BASE_URL";
/// Said by the user. The other one would say that a sidecar adds the credential.
const SAID: &str = "IVCAP_URL";

/// The list of services, as short as it gets.
const SERVICES: &str = "/1/services2?limit=1";

const URL: Setting =
    Setting::new("url", "the base URL; with `IVCAP_BASE_URL`, which the platform sets, nothing is attached")
        .with_variables(&[INJECTED, SAID])
        .with_keys(&["url"]);
const TOKEN: Setting = Setting::secret("token", "the JWT").with_variables(&["IVCAP_JWT"]).with_keys(&["token"]);
const ACCOUNT: Setting = Setting::new("account", "the account's URN")
    .with_variables(&["IVCAP_ACCOUNT_ID"])
    .with_keys(&["account", "account_id"]);

/// What can be set.
pub(crate) const SETTINGS: &[Setting] = &[URL, TOKEN, ACCOUNT];

/// IVCAP.
///
/// Needs a [`url`](Self::url) and, outside the platform, a [`token`](Self::token) or a [`source`](Self::source) of tokens. All
/// names: `docs/reference/environment.md` in the repository.
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
#[derive(Clone, Debug, Default)]
pub struct Ivcap {
    env: Option<Env>,
    profile: Option<Profile>,
    url: Option<Text>,
    token: Option<Secret>,
    source: Option<Own>,
    account: Option<Text>,
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
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(Text::new(url));
        self
    }

    /// The JWT. The access's [`token_handle`](Access::token_handle) replaces it when it has been renewed.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Where JWTs come from, instead of one that is given: the command line client, which `Ivcap::cli` asks (feature `exec`),
    /// or its refresh token ([`sources::RefreshToken`](crate::sources)). An
    /// error beside a [`token`](Self::token).
    #[must_use]
    pub fn source(mut self, source: impl TokenSource) -> Self {
        self.source = Some(Own(Arc::new(source)));
        self
    }

    /// The account's URN. The access's [`account`](Access::account) is this one.
    #[must_use]
    pub fn account(mut self, urn: impl Into<String>) -> Self {
        self.account = Some(Text::new(urn));
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
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if one is unusable, if a token and a source are given, or one of
    /// them although the platform's own URL wins. The message names the argument, the variable or the file.
    pub fn access(&self) -> Result<Access, Error> {
        self.profile.as_ref().map_or(Ok(()), |profile| profile.check_keys(SETTINGS))?;
        let mut settings =
            Settings::new(self.env.clone().unwrap_or_else(Env::empty)).with_profile(self.profile.clone());
        let token_given = self.token.as_ref().is_some_and(|token| !token.expose().is_empty());
        if token_given && self.source.is_some() {
            return Err(own::two("token", "source"));
        }
        let url = settings.require(&Lookup::of(&URL).argument(self.url.as_ref()))?;
        let endpoint = url.endpoint()?;
        let account = account(&mut settings, self.account.as_ref())?;
        let platform = Injected::of(settings.env().clone(), INJECTED);

        let token = Lookup::of(&TOKEN).argument(self.token.as_ref());
        let access = if platform.is_place_of(&url) {
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
            authenticated(&mut settings, &url, endpoint, &token, self.source.as_ref(), self.allow_nearby_endpoint)?
        };
        let mut context = Context::default();
        if let (Some(account), Some(name)) = (&account, &self.account_header) {
            context =
                context.with_header(name.clone(), account.value()).map_err(|error| error.at(account.provenance()))?;
        }
        let access = access.with_context(context).with_probe(SERVICES).with_explanation(settings.into_explanation());
        let access = match exports(&access, account.as_ref()) {
            Some(exports) => access.with_exports(exports),
            None => access,
        };
        Ok(match account {
            Some(account) => access.with_account(account.value()),
            None => access,
        })
    }

    /// The account of an access to IVCAP, for operations that need it.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if none is configured; the message names the argument and the variable.
    pub fn account_of(access: &Access) -> Result<&str, Error> {
        let missing =
            || Error::unavailable("no account is configured: give the argument `account`, or set IVCAP_ACCOUNT_ID");
        access.account().ok_or_else(missing)
    }

    /// The JWT that the platform's command line client holds: `ivcap context get access-token`. It renews it by itself; where
    /// nobody is signed in, it prints a sentence that is no token, which is an error.
    #[cfg(feature = "exec")]
    #[cfg_attr(docsrs, doc(cfg(feature = "exec")))]
    pub fn cli() -> crate::sources::Exec {
        crate::sources::Exec::new("ivcap", ["context", "get", "access-token"])
    }
}

fn authenticated(
    settings: &mut Settings,
    url: &Found,
    endpoint: Endpoint,
    token: &Lookup<'_>,
    source: Option<&Own>,
    allow_nearby_endpoint: bool,
) -> Result<Access, Error> {
    let trusted = trust::allowed(settings, allow_nearby_endpoint)?;
    if let Some(Own(source)) = source {
        trust::check(url, &Found::new("source", Secret::new(""), Provenance::Argument("source".into())), trusted)?;
        return Ok(Access::new("ivcap", Arc::clone(source), endpoint));
    }
    let token = settings.require(token)?;
    trust::check(url, &token, trusted)?;
    Access::with_token("ivcap", &token, endpoint)
}

/// What its Python client reads. Inside the platform that is there already.
fn exports(access: &Access, account: Option<&Found>) -> Option<Exports> {
    let exports = Exports::new().with_token(TOKEN.variables()).with_value(&[SAID], access.endpoint().to_string());
    let exports = match account {
        Some(account) => exports.with_value(ACCOUNT.variables(), account.value()),
        None => exports,
    };
    (!access.is_none_needed()).then_some(exports)
}

fn account(settings: &mut Settings, argument: Option<&Text>) -> Result<Option<Found>, Error> {
    let account = settings.find(&Lookup::of(&ACCOUNT).argument(argument))?;
    // RFC 8141 section 2.
    let is_urn = |urn: &Found| urn.value().get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
    match account {
        Some(account) if !is_urn(&account) => Err(account.unusable("it is no URN (`urn:ivcap:account:...`)")),
        account => Ok(account),
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
    fn a_token_and_a_source_as_arguments_are_one_too_many() -> Result<(), Error> {
        let both = Ivcap::new().url("https://api").token(JWT).source(crate::sources::StaticToken::new("t")?);
        let error = both.access().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("`token`") && error.to_string().contains("`source`"), "{error}");
        // A variable is not: an argument wins over it.
        let access =
            with(&[("IVCAP_JWT", JWT)]).url("https://api").source(crate::sources::StaticToken::new("t")?).access()?;
        assert!(access.token_handle().is_none(), "it is the source's");
        Ok(())
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
        assert_eq!(access.account().unwrap(), "urn:ivcap:account:a1");
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
        let error = Ivcap::account_of(&with(&variables).access()?).unwrap_err();
        assert!(error.to_string().contains("IVCAP_ACCOUNT_ID"), "{error}");
        let access = with(&variables).account("urn:ivcap:account:a1").access()?;
        assert_eq!(Ivcap::account_of(&access)?, "urn:ivcap:account:a1");
        assert!(access.context().is_empty());
        let error = with(&variables).account("a1").access().unwrap_err();
        assert!(error.to_string().contains("the argument `account`"), "{error}");
        Ok(())
    }

    #[test]
    fn the_account_goes_in_a_header_where_one_is_named() -> Result<(), Error> {
        let variables = [("IVCAP_URL", "https://api"), ("IVCAP_JWT", JWT)];
        let name = HeaderName::from_static("x-account");
        let access = with(&variables).account("urn:ivcap:account:a1").account_header(name.clone()).access()?;
        let (mut uri, mut headers) = (http::Uri::from_static("https://api/"), http::HeaderMap::new());
        access.context().apply(&mut uri, &mut headers);
        assert_eq!(headers["x-account"], "urn:ivcap:account:a1");
        // There is none to send.
        assert!(with(&variables).account_header(name).access()?.context().is_empty());
        Ok(())
    }

    #[test]
    fn a_source_is_no_credential_of_the_working_directory() -> Result<(), Error> {
        let folder = crate::testing::Folder::new();
        folder.write(".env", "IVCAP_URL=https://evil.example\n");
        let env = Env::empty().in_directory(folder.path()).with_dotenv(".env")?;
        let ivcap = || Ok::<_, Error>(Ivcap::from_env(&env).source(crate::sources::StaticToken::new(JWT)?));
        let error = ivcap()?.access().unwrap_err();
        assert!(error.to_string().contains("the argument `source`"), "{error}");
        ivcap()?.allow_nearby_endpoint().access()?;
        Ok(())
    }
}

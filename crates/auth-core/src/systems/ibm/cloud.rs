//! A service of IBM Cloud's.

use super::super::given::Text;
use super::auth_type::AuthType;
use super::external;
use super::login;
use super::resolver::{Arguments, Places, Resolver};
use super::setting::{
    ACCOUNT_ID, API_KEY, AUTH_TYPE, AUTH_URL, CLIENT_ID, CLIENT_SECRET, CR_TOKEN_FILE, PROFILE_CRN, PROFILE_ID,
    PROFILE_NAME, SCOPE, SETTINGS, TOKEN, URL,
};
use crate::settings::{Found, Place, Profile};
use crate::{Access, Env, Error, Secret};

/// Access to a service of IBM Cloud: where it is, and how one authenticates there. For watsonx.ai see
/// [`Watsonx`](crate::systems::Watsonx).
///
/// An argument wins over what [`from_env`](IbmCloud::from_env) or [`from_profile`](IbmCloud::from_profile) finds. The type of
/// authentication is the one that is [stated](IbmCloud::auth_type); else `bearertoken` if a token is given as an argument,
/// `iam` if there is an API key, `bearertoken` if a profile has a token and names no trusted profile, and else `container`.
///
/// ```
/// use auth_core::systems::IbmCloud;
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let access = IbmCloud::new().api_key("my-api-key").url("https://my-service.cloud.ibm.com/v1").access()?;
/// assert_eq!(access.endpoint().to_string(), "https://my-service.cloud.ibm.com/v1");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct IbmCloud {
    arguments: Arguments,
    behind: Behind,
    default_url: Option<Text>,
}

/// What stands behind the arguments.
#[derive(Clone, Debug, Default)]
enum Behind {
    #[default]
    Nothing,
    External(String, Env),
    Profile(Box<Profile>, Env),
}

impl IbmCloud {
    /// From arguments alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// From arguments, and behind them IBM's external configuration of `service`, as IBM's SDKs read it: the file that
    /// `IBM_CREDENTIALS_FILE` names, else `ibm-credentials.env` in the working directory, else in the home folder; else the
    /// environment; else `VCAP_SERVICES` (the entry of that name, else of that label). The first that says anything about the
    /// service counts whole.
    ///
    /// Keys are the service's name in upper case, with `_` for `-` and space, and `_APIKEY`, `_AUTH_TYPE` (`_AUTHTYPE`), `_URL`,
    /// `_AUTH_URL`, `_SCOPE`, `_CLIENT_ID`, `_CLIENT_SECRET`, `_BEARER_TOKEN`, `_IAM_PROFILE_ID`, `_IAM_PROFILE_NAME`,
    /// `_IAM_PROFILE_CRN`, `_IAM_ACCOUNT_ID` or `_CR_TOKEN_FILENAME`. What else IBM's SDKs know is left out, and
    /// [`explain`](Access::explain) says so.
    pub fn from_env(service: &str, env: &Env) -> Self {
        Self { behind: Behind::External(service.to_owned(), env.clone()), ..Self::default() }
    }

    /// From arguments, and behind them a profile, whose keys are in `docs/reference/environment.md` in the repository.
    pub fn from_profile(profile: Profile, env: &Env) -> Self {
        Self { behind: Behind::Profile(Box::new(profile), env.clone()), ..Self::default() }
    }

    /// How to authenticate. Default: as the other settings tell.
    #[must_use]
    pub fn auth_type(mut self, kind: AuthType) -> Self {
        self.arguments.give(&AUTH_TYPE, kind.name());
        self
    }

    /// Where the service is.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.arguments.give(&URL, url.into());
        self
    }

    /// Where the service is if nothing says otherwise: for SDKs of one service.
    #[must_use]
    pub fn default_url(mut self, url: impl Into<String>) -> Self {
        self.default_url = Some(Text::new(url));
        self
    }

    /// Another IAM than `https://iam.cloud.ibm.com`; for the type `vpc`, another metadata service.
    #[must_use]
    pub fn auth_url(mut self, url: impl Into<String>) -> Self {
        self.arguments.give(&AUTH_URL, url.into());
        self
    }

    /// An API key.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.arguments.give(&API_KEY, key);
        self
    }

    /// A token that somebody else renews. The access's [`token_handle`](Access::token_handle) replaces it when it has been
    /// renewed.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.arguments.give(&TOKEN, token);
        self
    }

    /// The scope to ask for. Default: all that the credential may do.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.arguments.give(&SCOPE, scope.into());
        self
    }

    /// The client id, which goes with a [`client_secret`](Self::client_secret).
    #[must_use]
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.arguments.give(&CLIENT_ID, id.into());
        self
    }

    /// The client secret, which goes with a [`client_id`](Self::client_id).
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.arguments.give(&CLIENT_SECRET, secret);
        self
    }

    /// The trusted profile with this id, for the types `iamAssume`, `container` and `vpc`.
    #[must_use]
    pub fn profile_id(mut self, id: impl Into<String>) -> Self {
        self.arguments.give(&PROFILE_ID, id.into());
        self
    }

    /// The trusted profile of this name, for the types `container` and, with an [account](Self::account_id), `iamAssume`.
    #[must_use]
    pub fn profile_name(mut self, name: impl Into<String>) -> Self {
        self.arguments.give(&PROFILE_NAME, name.into());
        self
    }

    /// The trusted profile with this Cloud Resource Name, for the types `iamAssume` and `vpc`.
    #[must_use]
    pub fn profile_crn(mut self, crn: impl Into<String>) -> Self {
        self.arguments.give(&PROFILE_CRN, crn.into());
        self
    }

    /// The account that a profile's name is looked for in.
    #[must_use]
    pub fn account_id(mut self, id: impl Into<String>) -> Self {
        self.arguments.give(&ACCOUNT_ID, id.into());
        self
    }

    /// The file with the token of a compute resource. Default: as [`CrToken::file`](crate::sources::CrToken::file).
    #[must_use]
    pub fn cr_token_file(mut self, path: impl Into<String>) -> Self {
        self.arguments.give(&CR_TOKEN_FILE, path.into());
        self
    }

    /// Sends the credential also to a URL from a file in the working directory. Default: that is an error, unless the
    /// credential stands there too.
    #[must_use]
    pub fn allow_nearby_endpoint(mut self) -> Self {
        self.arguments.allow_nearby_endpoint = true;
        self
    }

    /// Looks everything up. Nothing is sent.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if nothing is configured,
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if something is and can't be used. The message names the argument,
    /// the variable, or file and line.
    pub fn access(&self) -> Result<Access, Error> {
        let mut settings = self.behind.settings(self.arguments.clone())?;
        let (kind, stated) = kind(&mut settings)?;
        let login = login::by(kind, stated.as_ref(), &mut settings)?;
        let url = match &self.default_url {
            Some(default) => settings.find_or(&URL, default.as_str())?,
            None => settings.need(&URL, None)?,
        };
        let access = login.at_api("ibm", url, &mut settings)?;
        Ok(access.with_explanation(settings.into_explanation()))
    }
}

impl Behind {
    fn settings(&self, arguments: Arguments) -> Result<Resolver, Error> {
        let (service, env) = match self {
            Self::Nothing => return Ok(Resolver::new(arguments, Env::empty(), None, Places::Profile)),
            Self::Profile(profile, env) => {
                profile.check_keys(SETTINGS)?;
                let profile = Some(Profile::clone(profile));
                return Ok(Resolver::new(arguments, env.clone(), profile, Places::Profile));
            }
            Self::External(service, env) => (service, env),
        };
        let prefix = external::prefix(service)?;
        let external = external::read(service, env)?;
        let says_nothing = external.found.is_empty();
        let mut settings =
            Resolver::new(arguments, env.clone(), None, Places::Service { prefix, found: external.found });
        external.notes.into_iter().for_each(|note| settings.note(note));
        let credentials = [&AUTH_TYPE, &API_KEY, &TOKEN, &PROFILE_ID, &PROFILE_NAME];
        if says_nothing && !credentials.into_iter().any(|known| settings.has_argument(known)) {
            // Said here, before the default type would complain about what it misses.
            let service: String = service.chars().filter(|c| !c.is_control()).take(40).collect();
            return Err(Error::unavailable(format!(
                "nothing is configured for the service {service}: {}, in the environment or ibm-credentials.env",
                settings.ways(&API_KEY)
            )));
        }
        Ok(settings)
    }
}

fn names_profile(settings: &mut Resolver) -> Result<bool, Error> {
    Ok(settings.find(&PROFILE_ID)?.is_some() || settings.find(&PROFILE_NAME)?.is_some())
}

/// The type, and where it was stated if it was.
fn kind(settings: &mut Resolver) -> Result<(AuthType, Option<Found>), Error> {
    if let Some(stated) = settings.find(&AUTH_TYPE)? {
        return Ok((AuthType::parse(&stated)?, Some(stated)));
    }
    let (api_key, token) = (settings.find(&API_KEY)?, settings.find(&TOKEN)?);
    let kind = match (settings.has_argument(&API_KEY), settings.has_argument(&TOKEN)) {
        (true, true) => {
            return Err(Error::misconfigured("the arguments `api_key` and `token` exclude each other: give one"));
        }
        (false, true) => AuthType::BearerToken,
        _ if api_key.is_some() => AuthType::Iam,
        // IBM's external configuration has no such default; in a profile a token can mean nothing else.
        _ if token.as_ref().is_some_and(|token| token.place() == Place::Key) && !names_profile(settings)? => {
            AuthType::BearerToken
        }
        _ => AuthType::Container,
    };
    if let Some(token) = token.filter(|_| kind != AuthType::BearerToken) {
        let place = token.provenance();
        settings.note(format!("{place} is not used without the auth_type {}", AuthType::BearerToken));
    }
    settings.find_or(&AUTH_TYPE, kind.name())?;
    Ok((kind, None))
}

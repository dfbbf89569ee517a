//! A service of IBM Cloud's.

use super::auth_type::AuthType;
use super::external;
use super::login;
use super::resolver::{Places, Resolver};
use super::setting::{
    ACCOUNT_ID, API_KEY, AUTH_TYPE, AUTH_URL, CLIENT_ID, CLIENT_SECRET, CR_TOKEN_FILE, PROFILE_CRN, PROFILE_ID,
    PROFILE_NAME, SCOPE, TOKEN, URL,
};
use crate::settings::{Found, Profile};
use crate::{Access, Env, Error, Secret};

/// Access to a service of IBM Cloud: where it is, and how one authenticates there. For watsonx.ai see
/// [`Watsonx`](super::Watsonx).
///
/// An argument wins over what [`from_env`](IbmCloud::from_env) or [`from_profile`](IbmCloud::from_profile) finds. The type of
/// authentication is the one that is [stated](IbmCloud::auth_type); else `bearertoken` if a token is given as an argument,
/// `iam` if there is an API key, and `container` if there is none.
///
/// ```
/// use auth_core::systems::ibm::IbmCloud;
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let access = IbmCloud::new().api_key("my-api-key").url("https://my-service.cloud.ibm.com/v1").access()?;
/// assert_eq!(access.endpoint().to_string(), "https://my-service.cloud.ibm.com/v1");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct IbmCloud {
    settings: Resolver,
    service: Option<String>,
    default_url: Option<String>,
}

impl Default for IbmCloud {
    fn default() -> Self {
        Self::new()
    }
}

impl IbmCloud {
    /// Nothing but arguments.
    pub fn new() -> Self {
        Self::of(Resolver::new(&Env::of::<String, String>([]), None, Places::Profile), None)
    }

    /// IBM's external configuration of `service`, as IBM's SDKs read it: the file that `IBM_CREDENTIALS_FILE` names, else
    /// `ibm-credentials.env` in the working directory, else in the home folder; else the environment; else `VCAP_SERVICES`
    /// (the entry of that name, else of that label). The first that says anything about the service counts whole.
    ///
    /// Keys are the service's name in upper case, with `_` for `-` and space, and `_APIKEY`, `_AUTH_TYPE` (`_AUTHTYPE`), `_URL`,
    /// `_AUTH_URL`, `_SCOPE`, `_CLIENT_ID`, `_CLIENT_SECRET`, `_BEARER_TOKEN`, `_IAM_PROFILE_ID`, `_IAM_PROFILE_NAME`,
    /// `_IAM_PROFILE_CRN`, `_IAM_ACCOUNT_ID` or `_CR_TOKEN_FILENAME`. What else IBM's SDKs know is left out, and
    /// [`explain`](Access::explain) says so.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) with file and line, or the variable, if a source is there and can't
    /// be read.
    pub fn from_env(service: &str, env: &Env) -> Result<Self, Error> {
        let prefix = external::prefix(service)?;
        let external = external::read(service, env)?;
        let mut settings = Resolver::new(env, None, Places::Service { prefix, found: external.found });
        external.notes.into_iter().for_each(|note| settings.note(note));
        Ok(Self::of(settings, Some(service.to_owned())))
    }

    /// The settings of a profile: `auth_type`, `url`, `auth_url`, `api_key`, `token`, `scope`, `client_id`, `client_secret`,
    /// `iam_profile_id`, `iam_profile_name`, `iam_profile_crn`, `iam_account_id`, `cr_token_file`.
    pub fn from_profile(profile: Profile, env: &Env) -> Self {
        Self::of(Resolver::new(env, Some(profile), Places::Profile), None)
    }

    fn of(settings: Resolver, service: Option<String>) -> Self {
        Self { settings, service, default_url: None }
    }

    /// How to authenticate. Default: as the other settings tell.
    #[must_use]
    pub fn auth_type(mut self, kind: AuthType) -> Self {
        self.settings.give(&AUTH_TYPE, kind.name());
        self
    }

    /// Where the service is.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.settings.give(&URL, url.into());
        self
    }

    /// Where the service is if nothing says otherwise: for SDKs of one service.
    #[must_use]
    pub fn default_url(mut self, url: impl Into<String>) -> Self {
        self.default_url = Some(url.into());
        self
    }

    /// Another IAM than `https://iam.cloud.ibm.com`; for the type `vpc`, another metadata service.
    #[must_use]
    pub fn auth_url(mut self, url: impl Into<String>) -> Self {
        self.settings.give(&AUTH_URL, url.into());
        self
    }

    /// An API key.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.settings.give(&API_KEY, key);
        self
    }

    /// A token that somebody else renews. To replace it later, keep a [`TokenHandle`](crate::sources::TokenHandle) and make
    /// an [`Access`] of its source.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.settings.give(&TOKEN, token);
        self
    }

    /// The scope to ask for. Default: all that the credential may do.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.settings.give(&SCOPE, scope.into());
        self
    }

    /// The client id, which goes with a [`client_secret`](Self::client_secret).
    #[must_use]
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.settings.give(&CLIENT_ID, id.into());
        self
    }

    /// The client secret, which goes with a [`client_id`](Self::client_id).
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.settings.give(&CLIENT_SECRET, secret);
        self
    }

    /// The trusted profile with this id, for the types `iamAssume`, `container` and `vpc`.
    #[must_use]
    pub fn profile_id(mut self, id: impl Into<String>) -> Self {
        self.settings.give(&PROFILE_ID, id.into());
        self
    }

    /// The trusted profile of this name, for the types `container` and, with an [account](Self::account_id), `iamAssume`.
    #[must_use]
    pub fn profile_name(mut self, name: impl Into<String>) -> Self {
        self.settings.give(&PROFILE_NAME, name.into());
        self
    }

    /// The trusted profile with this Cloud Resource Name, for the types `iamAssume` and `vpc`.
    #[must_use]
    pub fn profile_crn(mut self, crn: impl Into<String>) -> Self {
        self.settings.give(&PROFILE_CRN, crn.into());
        self
    }

    /// The account that a profile's name is looked for in.
    #[must_use]
    pub fn account_id(mut self, id: impl Into<String>) -> Self {
        self.settings.give(&ACCOUNT_ID, id.into());
        self
    }

    /// The file with the token of a compute resource. Default: as [`CrToken::file`](crate::sources::CrToken::file).
    #[must_use]
    pub fn cr_token_file(mut self, path: impl Into<String>) -> Self {
        self.settings.give(&CR_TOKEN_FILE, path.into());
        self
    }

    /// Lets a file in the working directory say where a credential from elsewhere goes. Default: refused.
    #[must_use]
    pub fn allow_nearby_endpoint(mut self) -> Self {
        self.settings.allow_nearby = true;
        self
    }

    /// Puts it together. Nothing is sent.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if nothing is configured,
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if something is and can't be used. The message names the argument,
    /// the variable, or file and line.
    pub fn access(mut self) -> Result<Access, Error> {
        let (kind, stated) = self.kind()?;
        let login = login::by(kind, stated.as_ref(), &mut self.settings)?;
        let url = match &self.default_url {
            Some(default) => self.settings.find_or(&URL, default)?,
            None => self.settings.need(&URL, None)?,
        };
        let endpoint = url.endpoint()?;
        let endpoints: Vec<Found> = login.endpoints.into_iter().chain([url]).collect();
        self.settings.check_trust(&endpoints, &login.credentials)?;
        let access = match login.source {
            Some(source) => Access::new("ibm-cloud", source, endpoint),
            None => Access::none_needed("ibm-cloud", endpoint),
        };
        Ok(access.with_explanation(self.settings.into_explanation()))
    }

    /// The type, and where it was stated if it was.
    fn kind(&mut self) -> Result<(AuthType, Option<Found>), Error> {
        if let Some(stated) = self.settings.find(&AUTH_TYPE)? {
            return Ok((AuthType::parse(&stated)?, Some(stated)));
        }
        let api_key = self.settings.find(&API_KEY)?;
        let given = |setting, settings: &Resolver| settings.has_argument(setting);
        let kind = if given(&TOKEN, &self.settings) {
            if given(&API_KEY, &self.settings) {
                return Err(Error::misconfigured("the arguments `api_key` and `token` exclude each other: give one"));
            }
            AuthType::BearerToken
        } else if api_key.is_some() {
            AuthType::Iam
        } else {
            self.anything_at_all()?;
            if let Some(token) = self.settings.find(&TOKEN)? {
                self.settings.note(format!(
                    "the token in {} is not used without the {} {}",
                    token.provenance(),
                    AUTH_TYPE.what,
                    AuthType::BearerToken
                ));
            }
            AuthType::Container
        };
        self.settings.find_or(&AUTH_TYPE, kind.name())?;
        Ok((kind, None))
    }

    /// Says so if there is nothing to begin with, instead of what the default type would miss.
    fn anything_at_all(&self) -> Result<(), Error> {
        let settings = &self.settings;
        let given = [&PROFILE_ID, &PROFILE_NAME].into_iter().any(|setting| settings.has_argument(setting));
        match &self.service {
            Some(service) if !given && !settings.is_configured() => {
                // A service's name is no secret, but may be long.
                let service: String = service.chars().filter(|c| !c.is_control()).take(40).collect();
                Err(Error::unavailable(format!(
                    "nothing is configured for the service {service}: {}, in the environment or ibm-credentials.env",
                    settings.ways(&API_KEY)
                )))
            }
            _ => Ok(()),
        }
    }
}

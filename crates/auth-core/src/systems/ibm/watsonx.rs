//! watsonx.ai.

use std::path::Path;
use std::sync::Arc;

use super::super::own::{self, Own};
use super::address::address;
use super::auth_type::AuthType;
use super::login::{self, Login};
use super::project::{self, IdsIn, context};
use super::resolver::{Arguments, Places, Resolver};
use super::setting::{
    ACCOUNT_ID, API_KEY, AUTH_TYPE, AUTH_URL, CLIENT_ID, CLIENT_SECRET, CR_TOKEN_FILE, Known, PROFILE_CRN, PROFILE_ID,
    PROFILE_NAME, PROJECT_ID, REGION, SCOPE, SPACE_ID, TOKEN, TOKEN_FILE, URL, VERSION, WATSONX_SETTINGS,
};
use crate::settings::{Found, Profile, Provenance};
use crate::sources::FileToken;
use crate::{Access, Env, Error, Exports, Secret, TokenSource};

/// Access to watsonx.ai: its endpoint, an API key or token, and the project or space that requests are for.
///
/// An argument wins over variables, these over keys of a profile:
///
/// | setting | argument | variables | keys |
/// | --- | --- | --- | --- |
/// | where it is | `url` | `WATSONX_URL` | `url`, `endpoint` |
/// | or in which region | `region` | `WATSONX_REGION` | `region` |
/// | API key | `api_key` | `WATSONX_APIKEY`, `WATSONX_API_KEY` | `api_key`, `apikey` |
/// | or a token that somebody renews | `token` | `WATSONX_TOKEN`, `USER_ACCESS_TOKEN` | `token`, `bearer_token` |
/// | or the file it stands in | `token_file` | `RUNTIME_ENV_ACCESS_TOKEN_FILE` | `token_file` |
/// | project | `project_id` | `WATSONX_PROJECT_ID` | `project_id` |
/// | or space | `space_id` | `WATSONX_SPACE_ID`, `WATSONX_DEPLOYMENT_SPACE_ID` | `space_id` |
///
/// The names are those of IBM's client, its integrations, and the runtimes of watsonx.ai Studio. As variables, a token's file
/// wins over a token, and an API key over both: it is renewed by itself. Other [types](AuthType) of authentication than these
/// are chosen by [`auth_type`](Watsonx::auth_type), `WATSONX_AUTH_TYPE` or the key `auth_type`; all names are in
/// `docs/reference/environment.md` in the repository. Or give a [`source`](Watsonx::source).
///
/// ```
/// use auth_core::systems::Watsonx;
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let access = Watsonx::new().region("us-south").api_key("my-api-key").project_id("my-project").access()?;
/// assert_eq!(access.endpoint().to_string(), "https://us-south.ml.cloud.ibm.com");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Watsonx {
    arguments: Arguments,
    env: Option<Env>,
    profile: Option<Profile>,
    source: Option<Own>,
    ids_in: IdsIn,
}

impl Watsonx {
    /// From arguments alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// From arguments, and behind them these variables: `Watsonx::from_env(&Env::process())`.
    pub fn from_env(env: &Env) -> Self {
        Self { env: Some(env.clone()), ..Self::default() }
    }

    /// From arguments, behind them these variables, and behind them a profile.
    pub fn from_profile(profile: Profile, env: &Env) -> Self {
        Self { profile: Some(profile), ..Self::from_env(env) }
    }

    /// Where it is: https, or loopback. Without a path, unless a proxy stands in front.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.arguments.give(&URL, url.into());
        self
    }

    /// The region, such as `us-south`, for `https://{region}.ml.cloud.ibm.com`.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.arguments.give(&REGION, region.into());
        self
    }

    /// An API key of IBM Cloud's.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.arguments.give(&API_KEY, key);
        self
    }

    /// An access token that somebody else renews. The access's [`token_handle`](Access::token_handle) replaces it when it has
    /// been renewed.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.arguments.give(&TOKEN, token);
        self
    }

    /// The file in which somebody renews an access token. It is read again as by [`FileToken`]; a `Bearer ` in front is
    /// dropped.
    #[must_use]
    pub fn token_file(mut self, path: impl Into<String>) -> Self {
        self.arguments.give(&TOKEN_FILE, path.into());
        self
    }

    /// Tokens from elsewhere: a [`VpcInstance`](crate::sources::VpcInstance), a chain. Wins over variables and keys of a
    /// profile; beside another argument that is about logging in it is an error.
    #[must_use]
    pub fn source(mut self, source: impl TokenSource) -> Self {
        self.source = Some(Own(Arc::new(source)));
        self
    }

    /// How to authenticate. Default: as the other settings tell.
    #[must_use]
    pub fn auth_type(mut self, kind: AuthType) -> Self {
        self.arguments.give(&AUTH_TYPE, kind.name());
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

    /// Another IAM than `https://iam.cloud.ibm.com`; for the type `vpc`, another metadata service.
    #[must_use]
    pub fn auth_url(mut self, url: impl Into<String>) -> Self {
        self.arguments.give(&AUTH_URL, url.into());
        self
    }

    /// The scope to ask for. Default: all that the key may do.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.arguments.give(&SCOPE, scope.into());
        self
    }

    /// The client id, which goes with a [`client_secret`](Self::client_secret). Default: none; IBM's own client sends the
    /// placeholder `bx`, which IAM does not ask for.
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

    /// The project that requests are for.
    #[must_use]
    pub fn project_id(mut self, id: impl Into<String>) -> Self {
        self.arguments.give(&PROJECT_ID, id.into());
        self
    }

    /// The deployment space that requests are for.
    #[must_use]
    pub fn space_id(mut self, id: impl Into<String>) -> Self {
        self.arguments.give(&SPACE_ID, id.into());
        self
    }

    /// Where requests say their project or space. Default: in the body.
    #[must_use]
    pub fn ids_in(mut self, place: IdsIn) -> Self {
        self.ids_in = place;
        self
    }

    /// The version of the API, a date. Default: `2026-10-14`, that of IBM's own client; a request's own `version` wins.
    #[must_use]
    pub fn version(mut self, date: impl Into<String>) -> Self {
        self.arguments.give(&VERSION, date.into());
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
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if the endpoint or the credential is missing,
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if something is there and can't be used. The message names the
    /// argument, the variable, or file and line.
    pub fn access(&self) -> Result<Access, Error> {
        self.profile.as_ref().map_or(Ok(()), |profile| profile.check_keys(WATSONX_SETTINGS))?;
        let env = self.env.clone().unwrap_or_else(Env::empty);
        let mut settings = Resolver::new(self.arguments.clone(), env, self.profile.clone(), Places::Watsonx);
        let login = match &self.source {
            Some(Own(source)) => {
                if let Some(other) = LOGIN.into_iter().find(|known| self.arguments.has(known)) {
                    return Err(own::two(other.name(), "source"));
                }
                Login::new(Arc::clone(source), Found::new("source", "", Provenance::Argument("source".into())))
            }
            None => log_in(&mut settings)?,
        };
        let url = address(&mut settings)?;
        let context = context(self.ids_in, &mut settings)?;
        let access = login.at_api("watsonx", url, &mut settings)?;
        let exports = exports(&access, &mut settings)?;
        Ok(access.with_exports(exports).with_context(context).with_explanation(settings.into_explanation()))
    }
}

/// What IBM's client, and the notebooks of its platform, read.
fn exports(access: &Access, settings: &mut Resolver) -> Result<Exports, Error> {
    let exports = Exports::new()
        .with_token(TOKEN.setting.variables())
        .with_token_file(TOKEN_FILE.setting.variables())
        .with_value(URL.setting.variables(), access.endpoint().to_string());
    Ok(match project::chosen(settings)? {
        Some((known, id)) => exports.with_value(known.setting.variables(), id.value().trim()),
        None => exports,
    })
}

/// What a source of the program's own leaves nothing to do for.
const LOGIN: [&Known; 13] = [
    &API_KEY,
    &TOKEN,
    &TOKEN_FILE,
    &AUTH_TYPE,
    &AUTH_URL,
    &SCOPE,
    &CLIENT_ID,
    &CLIENT_SECRET,
    &PROFILE_ID,
    &PROFILE_NAME,
    &PROFILE_CRN,
    &ACCOUNT_ID,
    &CR_TOKEN_FILE,
];

fn log_in(settings: &mut Resolver) -> Result<Login, Error> {
    if let Some(stated) = settings.find(&AUTH_TYPE)? {
        return login::by(AuthType::parse(&stated)?, Some(&stated), settings);
    }
    let api_key = settings.find(&API_KEY)?;
    let token = token_or_file(settings)?;
    match (api_key, token) {
        (Some(_), None) => login::by(AuthType::Iam, None, settings),
        (None, Some(token)) => log_in_by(&token, settings),
        (None, None) => Err(Error::unavailable(format!(
            "neither an API key nor a token is configured: {}; or a token: {}",
            settings.ways(&API_KEY),
            settings.ways(&TOKEN)
        ))),
        (Some(key), Some(token)) => match settings.stronger(&key, &token) {
            Some(true) => login::by(AuthType::Iam, None, settings),
            Some(false) => log_in_by(&token, settings),
            // Platforms set variables for everybody; an API key is one's own, and renewed by itself.
            None if settings.is_variable(&key) => {
                settings.note(format!("{} is not used beside the API key", token.provenance()));
                login::by(AuthType::Iam, None, settings)
            }
            None => Err(login::one_too_many(&key, &token)),
        },
    }
}

/// The token, or the file it stands in: the one from the stronger place, and of two variables the file.
fn token_or_file(settings: &mut Resolver) -> Result<Option<Found>, Error> {
    Ok(match (settings.find(&TOKEN)?, settings.find(&TOKEN_FILE)?) {
        (Some(token), Some(file)) => match settings.stronger(&token, &file) {
            Some(true) => Some(token),
            None if matches!(token.provenance(), Provenance::Argument(_)) => {
                return Err(login::one_too_many(&token, &file));
            }
            _ => {
                settings.note(format!("{} is not used beside a token's file", token.provenance()));
                Some(file)
            }
        },
        (token, file) => token.or(file),
    })
}

fn log_in_by(token: &Found, settings: &mut Resolver) -> Result<Login, Error> {
    if token.what() != TOKEN_FILE.name() {
        return login::by(AuthType::BearerToken, None, settings);
    }
    let path = settings.env().resolve(Path::new(token.value()))?;
    let place = token.provenance().of_file(&path, settings.env());
    Ok(Login::new(FileToken::new(path).drop_scheme(), Found::new("token", "", place)))
}

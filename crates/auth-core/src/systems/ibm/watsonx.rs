//! watsonx.ai.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use http::HeaderName;

use super::auth_type::AuthType;
use super::login::{self, Login};
use super::resolver::{Arguments, Places, Resolver};
use super::setting::{
    API_KEY, AUTH_TYPE, AUTH_URL, CLIENT_ID, CLIENT_SECRET, PROJECT_ID, REGION, SCOPE, SPACE_ID, TOKEN, TOKEN_FILE,
    URL, VERSION, WATSONX_SETTINGS,
};
use crate::settings::{Found, Profile, Provenance};
use crate::sources::FileToken;
use crate::url::{self, For};
use crate::{Access, Context, Env, Error, Secret, TokenSource};

/// The version of the API that requests ask for unless told otherwise: that of IBM's own client of late 2026.
const API_VERSION: &str = "2026-10-14";

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
/// are chosen by `WATSONX_AUTH_TYPE` or the key `auth_type`; [`WATSONX_SETTINGS`](super::WATSONX_SETTINGS) has all names. Or
/// give a [`source`](Watsonx::source).
///
/// ```
/// use auth_core::systems::ibm::Watsonx;
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let access = Watsonx::new().region("us-south").api_key("my-api-key").project_id("my-project").access()?;
/// assert_eq!(access.endpoint().to_string(), "https://us-south.ml.cloud.ibm.com");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Watsonx {
    arguments: Arguments,
    env: Option<Env>,
    profile: Option<Profile>,
    source: Option<Arc<dyn TokenSource>>,
    ids_in: IdsIn,
}

/// Where a request says which project or space it is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdsIn {
    /// As `project_id` or `space_id` of its JSON body, as text generation wants it. Only an adapter that makes the bodies
    /// itself can add it.
    #[default]
    Body,
    /// As a parameter `project_id` or `space_id` of the query.
    Query,
    /// In `X-IBM-PROJECT-ID` or `X-IBM-SPACE-ID`.
    Header,
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

    /// Tokens from elsewhere: a [`VpcInstance`](crate::sources::VpcInstance), a chain. Wins over every setting.
    #[must_use]
    pub fn source(mut self, source: impl TokenSource) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Another IAM than `https://iam.cloud.ibm.com`.
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
    pub fn access(self) -> Result<Access, Error> {
        let env = self.env.unwrap_or_else(Env::empty);
        self.profile.as_ref().map_or(Ok(()), |profile| profile.check_keys(&WATSONX_SETTINGS))?;
        let mut settings = Resolver::new(self.arguments, env, self.profile, Places::Watsonx);
        let login = match self.source {
            Some(source) => Login::new(source, Found::new("source", "", Provenance::Argument("source".into()))),
            None => log_in(&mut settings)?,
        };
        let url = address(&mut settings)?;
        let context = context(self.ids_in, &mut settings)?;
        let access = login.at_api("watsonx", url, &mut settings)?;
        Ok(access.with_context(context).with_explanation(settings.into_explanation()))
    }
}

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

/// The url, or that of the region.
fn address(settings: &mut Resolver) -> Result<Found, Error> {
    let (url, region) = (settings.find(&URL)?, settings.find(&REGION)?);
    let region = match (url, region) {
        (Some(url), None) => return secure(url),
        (None, Some(region)) => region,
        (None, None) => {
            let ways = settings.ways(&URL);
            let message = format!("no url is configured: {ways}; or say the region, by `region` or WATSONX_REGION");
            return Err(Error::unavailable(message));
        }
        (Some(url), Some(region)) => match settings.stronger(&url, &region) {
            Some(false) => region,
            None if matches!(url.provenance(), Provenance::Argument(_)) => {
                return Err(login::one_too_many(&url, &region));
            }
            _ => {
                settings.note(format!("the region in {} is not used beside a url", region.provenance()));
                return secure(url);
            }
        },
    };
    let name = region.value().trim();
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.len() > 40 || name.starts_with('-') || name.ends_with('-') || !name.chars().all(is_name) {
        return Err(region.unusable("a region is a name such as us-south or eu-de"));
    }
    let url = format!("https://{name}.ml.cloud.ibm.com");
    Ok(Found::new(REGION.name(), url, region.provenance().clone()))
}

/// The URL, which is one that may get a credential: requests always carry one here, so that it need not wait for the first.
fn secure(url: Found) -> Result<Found, Error> {
    match url::parse(url.value(), For::TokenEndpoint) {
        Ok(_) => Ok(url),
        Err(reason) => Err(url.unusable(reason)),
    }
}

fn context(ids_in: IdsIn, settings: &mut Resolver) -> Result<Context, Error> {
    let version = settings.find_or(&VERSION, API_VERSION)?;
    let is_date = version.value().len() == 10 && version.value().parse::<jiff::civil::Date>().is_ok();
    if !is_date {
        return Err(version.unusable("a version is a date, YYYY-MM-DD"));
    }
    let context = Context::default().with_query("version", version.value());
    let (project, space) = (settings.find(&PROJECT_ID)?, settings.find(&SPACE_ID)?);
    let (id, field, header) = match (project, space) {
        (None, None) => return Ok(context),
        (Some(project), None) => (project, "project_id", "x-ibm-project-id"),
        (None, Some(space)) => (space, "space_id", "x-ibm-space-id"),
        (Some(project), Some(space)) => match settings.stronger(&project, &space) {
            Some(true) => (project, "project_id", "x-ibm-project-id"),
            Some(false) => (space, "space_id", "x-ibm-space-id"),
            None => return Err(login::one_too_many(&project, &space)),
        },
    };
    let value = id.value().trim();
    Ok(match ids_in {
        IdsIn::Body => context.with_body_field(Cow::Borrowed(field), value),
        IdsIn::Query => context.with_query(Cow::Borrowed(field), value),
        IdsIn::Header => {
            context.with_header(HeaderName::from_static(header), value).map_err(|error| error.at(id.provenance()))?
        }
    })
}

impl std::fmt::Debug for Watsonx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watsonx")
            .field("arguments", &self.arguments)
            .field("profile", &self.profile)
            .field("has_source", &self.source.is_some())
            .field("ids_in", &self.ids_in)
            .finish_non_exhaustive()
    }
}

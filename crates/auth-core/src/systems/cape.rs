//! Cape: personal access tokens, and the handshake of an enclave's WebSocket.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::given::Text;
use crate::config::document::{self, Document};
use crate::settings::{Found, Lookup, Profile, Provenance, Setting, Settings, shown, trust};
use crate::sources::PersonalToken;
use crate::{Access, Env, Error, ErrorKind, FetchContext, Secret, Token, TokenSource};

/// Where the API is unless said otherwise.
const HOST: &str = "https://app.capeprivacy.com";

/// The list of one's own tokens, without the tokens.
const TOKENS: &str = "/v1/tokens";

/// The audience of its tokens.
const AUDIENCE: &str = "cape-api";

/// Where the command line client keeps what a login brought, below the home folder.
const AUTH_FILE: &str = ".config/cape/auth";

/// A login replaces the file: look again as often as at a mounted secret.
const RECHECK: Duration = Duration::from_secs(30);

/// The subprotocol that an enclave speaks. The token travels as a second one.
const SUBPROTOCOL: &str = "cape.runtime";

const API: Setting = Setting::new("host", "the base URL").with_keys(&["host"]).with_default(HOST);
const TOKEN: Setting = Setting::secret("token", "the personal access token, else the login in `~/.config/cape/auth`")
    .with_keys(&["token"]);

/// What can be set.
pub(crate) const SETTINGS: &[Setting] = &[API, TOKEN];

/// Cape.
///
/// The token is a personal access token, a JWT for the audience `cape-api`, which is read, not verified, so that one that is
/// for something else, not yet valid, or over is an error before a request is wasted. Without one, the login of Cape's
/// command line client is used: `access_token` in `~/.config/cape/auth`, looked at again every 30 s. All names: `docs/reference/environment.md` in
/// the repository.
#[derive(Clone, Debug, Default)]
pub struct Cape {
    env: Option<Env>,
    profile: Option<Profile>,
    token: Option<Secret>,
    token_from: Option<Found>,
    host: Option<Text>,
    allow_nearby_endpoint: bool,
}

impl Cape {
    /// From arguments alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// From arguments, and behind them these variables: `Cape::from_env(&Env::process())`.
    pub fn from_env(env: &Env) -> Self {
        Self { env: Some(env.clone()), ..Self::default() }
    }

    /// From arguments, behind them these variables, and behind them a profile.
    pub fn from_profile(profile: Profile, env: &Env) -> Self {
        Self { profile: Some(profile), ..Self::from_env(env) }
    }

    /// The personal access token.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The personal access token, and where the program found it, which errors name. It wins over all places but
    /// [`token`](Self::token).
    #[must_use]
    pub fn token_from(mut self, token: impl Into<Secret>, place: Provenance) -> Self {
        self.token_from = Some(Found::new(TOKEN.name(), token.into(), place));
        self
    }

    /// The base URL. Default: `https://app.capeprivacy.com`.
    #[must_use]
    pub fn host(mut self, url: impl Into<String>) -> Self {
        self.host = Some(Text::new(url));
        self
    }

    /// Sends the token also to a host from a file in the working directory. Default: that is an error, unless the token
    /// stands there too.
    #[must_use]
    pub fn allow_nearby_endpoint(mut self) -> Self {
        self.allow_nearby_endpoint = true;
        self
    }

    /// Looks everything up, for the management API: `Authorization: Bearer`.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if there is neither a token nor a login;
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if a value is unusable. The message names the argument or the file.
    pub fn access(&self) -> Result<Access, Error> {
        self.build("cape")
    }

    /// The same for the WebSocket of an enclave, `GET /v1/run/{function}`: the token goes into the handshake as the second
    /// subprotocol, `Sec-WebSocket-Protocol: cape.runtime, <token>`, by the same rules of origins, and a redirect to another
    /// host does not carry it.
    ///
    /// # Errors
    /// As [`access`](Self::access).
    pub fn runtime(&self) -> Result<Access, Error> {
        Ok(self.build("cape runtime")?.in_subprotocol())
    }

    fn build(&self, id: &'static str) -> Result<Access, Error> {
        self.profile.as_ref().map_or(Ok(()), |profile| profile.check_keys(SETTINGS))?;
        let mut settings =
            Settings::new(self.env.clone().unwrap_or_else(Env::empty)).with_profile(self.profile.clone());
        let host = settings.require(&Lookup::of(&API).argument(self.host.as_ref()))?;
        let endpoint = host.endpoint()?;
        let given = settings.find(&Lookup::of(&TOKEN).argument(self.token.as_ref()).found(self.token_from.as_ref()))?;
        let trusted = trust::allowed(&mut settings, self.allow_nearby_endpoint)?;
        let access = match given {
            Some(token) => {
                trust::check(&host, &token, trusted)?;
                let source = PersonalToken::new(token.token()?)?.audience(AUDIENCE).allow_opaque();
                let handle = source.handle();
                let access = Access::new(id, source, endpoint);
                access.with_credential(&token).with_token_handle(handle)
            }
            None => {
                let login = Login::of(settings.env())?;
                let (token, document) = login.read()?;
                trust::check(&host, &token, trusted)?;
                settings.note(format!("the token is the login in {}", shown(&login.path)));
                document.warned().into_iter().for_each(|warning| settings.note(warning));
                let source = PersonalToken::from_source(login).audience(AUDIENCE).allow_opaque();
                Access::new(id, source, endpoint).with_credential(&token)
            }
        };
        Ok(access.with_subprotocol(SUBPROTOCOL).with_probe(TOKENS).with_explanation(settings.into_explanation()))
    }
}

/// What Cape's command line client keeps of a login.
struct Login {
    path: PathBuf,
    /// What to do if there is none.
    missing: &'static str,
}

impl Login {
    fn of(env: &Env) -> Result<Self, Error> {
        let missing =
            if env.has_builder_hints() { "give the argument `token`" } else { "choose a profile with `token`" };
        let nowhere = || Error::unavailable(format!("no token is configured: {missing}, or log in with `cape login`"));
        Ok(Self { path: env.home()?.ok_or_else(nowhere)?.join(AUTH_FILE), missing })
    }

    fn read(&self) -> Result<(Found, Document), Error> {
        let document = document::read(&self.path).map_err(|error| match error.kind() {
            ErrorKind::Unavailable => Error::unavailable(format!(
                "no token is configured: {}, or log in with `cape login` (there is no {})",
                self.missing,
                shown(&self.path)
            )),
            _ => error,
        })?;
        let unusable = |reason| {
            Error::misconfigured(format!("{} can't be used: {reason}; log in with `cape login`", shown(&self.path)))
        };
        // Not forwarded: serde's errors quote what they found.
        let login: Value = serde_json::from_str(document.text()).map_err(|_| unusable("it is not JSON"))?;
        let token = login.get("access_token").and_then(Value::as_str).filter(|token| !token.is_empty());
        let token = Secret::new(token.ok_or_else(|| unusable("it holds no `access_token`"))?);
        let key = "access_token".to_owned();
        let place = Provenance::File { path: self.path.clone(), line: None, key, nearby: false };
        Ok((Found::new("token", token, place), document))
    }
}

#[async_trait]
impl TokenSource for Login {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        Ok(Token::bearer(self.read()?.0.token()?).found().recheck(RECHECK))
    }
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "test-util")]
    use http::header::SEC_WEBSOCKET_PROTOCOL;

    use super::*;

    /// `{"aud":["cape-api"],"exp":4102444800}`
    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOlsiY2FwZS1hcGkiXSwiZXhwIjo0MTAyNDQ0ODAwfQ.c2ln";

    fn at_home(files: &[(&str, &str)]) -> (tempfile::TempDir, Env) {
        let home = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = home.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let env = Env::of([(name, home.path().to_str().unwrap())]);
        (home, env)
    }

    #[test]
    fn a_token_that_is_given_wins_over_the_login() -> Result<(), Error> {
        let (_home, env) = at_home(&[(AUTH_FILE, r#"{"access_token":"stored"}"#)]);
        let access = Cape::from_env(&env).token(TOKEN).access()?;
        assert_eq!(access.credential().unwrap().to_string(), "the argument `token`");
        assert_eq!(access.endpoint().to_string(), HOST);
        let access = Cape::from_env(&env).access()?;
        assert!(access.credential().unwrap().to_string().contains(".config/cape/auth"));
        Ok(())
    }

    #[test]
    fn what_is_missing_or_broken_is_named_and_not_repeated() {
        let (_home, env) = at_home(&[]);
        let error = Cape::from_env(&env).access().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.to_string().contains("`token`") && error.to_string().contains("cape login"), "{error}");
        for broken in ["SECRET-OF-A-FILE", r#"{"access_token":7}"#, r#"{"token":"SECRET-OF-A-FILE"}"#, "[]"] {
            let (_home, env) = at_home(&[(AUTH_FILE, broken)]);
            let error = Cape::from_env(&env).access().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Misconfigured, "{broken}");
            assert!(!error.to_string().contains("SECRET"), "{error}");
        }
    }

    #[cfg(feature = "test-util")]
    #[test]
    fn the_handshake_carries_the_token_as_the_second_subprotocol_and_no_authorization() -> Result<(), Error> {
        use crate::runtime::FakeRuntime;
        let clock = FakeRuntime::new();
        let auth =
            Cape::from_env(&Env::of([("X", "")])).token(TOKEN).runtime()?.builder().runtime(clock.clone()).build()?;
        clock.block_on(auth.warm_up())?;
        let mut headers = http::HeaderMap::new();
        let uri = http::Uri::from_static("https://app.capeprivacy.com/v1/run/f");
        assert!(matches!(auth.attach(&uri, &mut headers)?, crate::adapter::Attach::Ready(_)));
        assert_eq!(headers[SEC_WEBSOCKET_PROTOCOL], format!("cape.runtime, {TOKEN}"));
        assert_eq!(headers.len(), 1);
        assert!(auth.status().expires_at().is_some(), "its own end is known");
        Ok(())
    }
}

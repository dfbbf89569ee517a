//! A base URL that the platform injects into its containers, where a sidecar adds the credential.

use std::borrow::Cow;

use async_trait::async_trait;

use crate::settings::{Found, Provenance};
use crate::{Endpoint, Env, Error, FetchContext, Token, TokenSource};

/// No credential, where a platform injects the API's base URL into its containers: a sidecar there adds it to what is sent to
/// that URL. Elsewhere, [`Unavailable`](crate::ErrorKind::Unavailable), so that a [chain](super::Chain) goes on.
///
/// Not for an API that needs no credential anywhere: that is
/// [`Authenticator::none_needed`](crate::Authenticator::none_needed). A URL that the platform did not inject must not go by the
/// same variable, or requests to it would be sent without a credential.
///
/// ```
/// use auth_core::{Env, sources::Injected};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let inside = Injected::of(Env::of([("IVCAP_BASE_URL", "http://ivcap.local")]), "IVCAP_BASE_URL");
/// assert_eq!(inside.endpoint()?.to_string(), "http://ivcap.local");
/// let outside = Injected::of(Env::empty(), "IVCAP_BASE_URL");
/// assert!(outside.endpoint().is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Injected {
    variable: Cow<'static, str>,
    env: Env,
}

impl Injected {
    /// The variable of the process's environment in which the platform says where the API is.
    pub fn new(variable: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Env::process(), variable)
    }

    /// The variable of the given environment.
    pub fn of(env: Env, variable: impl Into<Cow<'static, str>>) -> Self {
        Self { variable: variable.into(), env }
    }

    /// The base URL that is injected. Plain http is fine there, because nothing secret is attached.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if the variable is not set, and
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if it is no base URL; the message names it.
    pub fn endpoint(&self) -> Result<Endpoint, Error> {
        let name = &self.variable;
        let value = self.env.get(name)?;
        let value = value
            .ok_or_else(|| Error::unavailable(format!("the platform injects no base url here: {name} is not set")))?;
        Found::new("base url", value, Provenance::Platform(name.clone())).endpoint()
    }

    /// Whether a setting's value is the URL that is injected: whether its variable is the one that won. Then requests to it
    /// need no credential; to any other URL they do.
    pub fn is_place_of(&self, url: &Found) -> bool {
        matches!(url.provenance(), Provenance::Variable(_) | Provenance::File { .. } | Provenance::Platform(_))
            && url.provenance().name() == self.variable
    }
}

#[async_trait]
impl TokenSource for Injected {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        self.endpoint().map(|_| Token::none_needed())
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests {
    use super::super::{Chain, Link, StaticToken};
    use super::*;
    use crate::runtime::FakeRuntime;
    use crate::{Authenticator, ErrorKind};

    fn chain(env: &Env) -> Result<Token, Error> {
        let links = [
            Link::new("platform", Injected::of(env.clone(), "IVCAP_BASE_URL")),
            Link::from_result("token", StaticToken::new("given")),
        ];
        let clock = FakeRuntime::new();
        let auth = Authenticator::builder(Chain::new(links)).anywhere().runtime(clock.clone()).build()?;
        clock.block_on(auth.warm_up())?;
        let credential = clock.block_on(auth.token(std::time::Duration::ZERO))?;
        Ok(credential.secret().map_or_else(Token::none_needed, |secret| Token::bearer(secret.clone())))
    }

    #[test]
    fn inside_nothing_is_attached_and_outside_the_chain_goes_on() -> Result<(), Error> {
        assert!(chain(&Env::of([("IVCAP_BASE_URL", "http://acme.local/prefix")]))?.is_none_needed());
        assert!(!chain(&Env::of([("IVCAP_BASE_URL", "")]))?.is_none_needed());
        Ok(())
    }

    #[test]
    fn an_injected_url_that_is_none_stops_the_chain_and_names_the_variable() {
        let error = chain(&Env::of([("IVCAP_BASE_URL", "acme.local")])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("IVCAP_BASE_URL"), "{error}");
    }
}

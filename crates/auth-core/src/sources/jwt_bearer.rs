//! An assertion that a key signs, exchanged for access tokens.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value};

use crate::exchange::{Client, Exchange, TokenEndpoint};
use crate::signer::{self, Signer, assertion};
use crate::{Error, FetchContext, Secret, Token, TokenSource};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The JWT bearer grant (RFC 7523 section 2.1): a service account with a key.
///
/// Every token request carries an assertion of its own: `iss`, `sub`, `aud`, `iat` (30 s ago, for issuers whose clock is
/// behind), `exp`, a unique `jti`, and what [`claim`](Self::claim) adds. Time is the program's own clock: an issuer that
/// refuses an assertion because of it says so in the error, and nothing is guessed. Not for Skyflow, whose exchange is JSON.
/// Needs a transport.
///
#[cfg_attr(feature = "signing", doc = "```")]
#[cfg_attr(not(feature = "signing"), doc = "```text")]
/// use auth_core::{exchange::TokenEndpoint, signer::PrivateKey, sources::JwtBearer};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// # let pem = "-----BEGIN PRIVATE KEY-----
/// # MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
/// # -----END PRIVATE KEY-----";
/// let endpoint = TokenEndpoint::parse("https://issuer.example.com/token")?;
/// let source = JwtBearer::new(endpoint, "my-service", PrivateKey::from_pem(pem)?).key_id("2026-11").scope("read");
/// # let _: &dyn auth_core::TokenSource = &source;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct JwtBearer {
    endpoint: TokenEndpoint,
    client: Client,
    signer: Arc<dyn Signer>,
    issuer: Cow<'static, str>,
    subject: Option<Cow<'static, str>>,
    audience: Option<Cow<'static, str>>,
    key_id: Option<Cow<'static, str>>,
    typ: Cow<'static, str>,
    lifetime: Duration,
    claims: Map<String, Value>,
    extra: Vec<(Cow<'static, str>, Secret)>,
    default_lifetime: Option<Duration>,
}

impl JwtBearer {
    /// Asks at `endpoint` with assertions that `issuer` (`iss`: the service account) signs by `signer`.
    pub fn new(endpoint: TokenEndpoint, issuer: impl Into<Cow<'static, str>>, signer: impl Signer) -> Self {
        Self {
            endpoint,
            client: Client::unnamed(),
            signer: Arc::new(signer),
            issuer: issuer.into(),
            subject: None,
            audience: None,
            key_id: None,
            typ: Cow::Borrowed("JWT"),
            lifetime: assertion::DEFAULT_LIFETIME,
            claims: Map::new(),
            extra: Vec::new(),
            default_lifetime: None,
        }
    }

    /// Whom the token is for (`sub`): a user, where the service account may act for one. Default: the issuer itself.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<Cow<'static, str>>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Who the assertion is for (`aud`). Default: the token endpoint's URL (RFC 7523 section 3); some issuers want their
    /// identifier instead.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<Cow<'static, str>>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// The `kid` by which the issuer finds the public key. Default: none.
    #[must_use]
    pub fn key_id(mut self, key_id: impl Into<Cow<'static, str>>) -> Self {
        self.key_id = Some(key_id.into());
        self
    }

    /// The header's `typ`. Default: `JWT`; issuers after draft-ietf-oauth-rfc7523bis want `authorization-grant+jwt`.
    #[must_use]
    pub fn typ(mut self, typ: impl Into<Cow<'static, str>>) -> Self {
        self.typ = typ.into();
        self
    }

    /// How long an assertion lives, from `iat`, which is 30 s ago, to `exp`, in whole seconds. Default: 5 minutes, the most
    /// that some issuers take.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// One more claim; `scope` for issuers that want it there.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) for a claim that has a setting of its own or is computed.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Result<Self, Error> {
        let name = name.into();
        if assertion::CLAIMED.contains(&name.as_str()) {
            let message = "iss, sub, aud, iat, exp and jti are no extra claims: use the source's own settings for them";
            return Err(Error::misconfigured(message));
        }
        self.claims.insert(name, value.into());
        Ok(self)
    }

    /// The scope to ask for, names separated by spaces. Default: none, which is the issuer's default.
    #[must_use]
    pub fn scope(self, scope: impl Into<Secret>) -> Self {
        self.param("scope", scope)
    }

    /// One more form field. One that is there already is an error when the token is fetched.
    #[must_use]
    pub fn param(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Secret>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// The client that brings the assertion (RFC 7521 section 4.1). Default: not named, for the assertion says enough.
    #[must_use]
    pub fn client(mut self, client: impl Into<Client>) -> Self {
        self.client = client.into();
        self
    }

    /// The lifetime to assume for a token if neither the answer nor the token states one. Default: none.
    #[must_use]
    pub fn default_lifetime(mut self, lifetime: Duration) -> Self {
        self.default_lifetime = Some(lifetime);
        self
    }

    async fn assertion(&self, cx: &FetchContext) -> Result<Secret, Error> {
        let endpoint = self.endpoint.uri().to_string();
        let subject = self.subject.as_ref().unwrap_or(&self.issuer);
        let audience = self.audience.as_deref().unwrap_or(&endpoint);
        let mut claims = assertion::claims(&self.issuer, subject, audience, cx.now().wall(), self.lifetime);
        claims.extend(self.claims.clone());
        signer::sign(&*self.signer, &self.typ, self.key_id.as_deref(), &claims).await
    }
}

impl fmt::Debug for JwtBearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Extra claims may hold what the program would not show.
        f.debug_struct("JwtBearer")
            .field("endpoint", &self.endpoint)
            .field("issuer", &self.issuer)
            .field("algorithm", &self.signer.algorithm())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl TokenSource for JwtBearer {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let exchange = Exchange::new(self.endpoint.clone())
            .credential_name("the signed assertion (check issuer, subject, audience, key id and the clock)")
            .default_lifetime(self.default_lifetime)
            .public_param("grant_type", GRANT_TYPE)
            .param("assertion", self.assertion(cx).await?)
            .params(&self.extra);
        Ok(self.client.authenticate(exchange, cx).await?.send(cx).await?.token)
    }
}

#[cfg(test)]
#[cfg(all(feature = "signing", feature = "test-util"))]
mod tests;

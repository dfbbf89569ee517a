//! Who asks at a token endpoint: a client, and how it proves who it is (RFC 6749 section 2.3).

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Exchange;
use crate::signer::{self, Signer, assertion};
use crate::{Error, FetchContext, Secret};

/// `client_assertion_type` of RFC 7523 section 2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The `typ` that keeps these assertions apart from every other JWT a key signs (draft-ietf-oauth-rfc7523bis section 4).
const ASSERTION_TYP: &str = "client-authentication+jwt";

/// How a confidential client authenticates: exactly one way, since RFC 6749 section 2.3 allows no two.
///
/// ```
/// use auth_core::exchange::{Client, ClientAuth};
///
/// let confidential: Client = ClientAuth::basic("my-client", "my-secret").into();
/// let public = Client::public("my-app");
/// # let _ = (confidential, public);
/// ```
#[derive(Clone, Debug)]
pub struct ClientAuth(Method);

#[derive(Clone, Debug)]
enum Method {
    Basic { id: Cow<'static, str>, secret: Secret },
    Post { id: Cow<'static, str>, secret: Secret },
    PrivateKeyJwt(PrivateKeyJwt),
}

impl ClientAuth {
    /// A secret by HTTP Basic, both parts form-encoded first (`client_secret_basic`, RFC 6749 section 2.3.1). What every issuer
    /// with secrets has to support.
    pub fn basic(client_id: impl Into<Cow<'static, str>>, client_secret: impl Into<Secret>) -> Self {
        Self(Method::Basic { id: client_id.into(), secret: client_secret.into() })
    }

    /// A secret in the form (`client_secret_post`). For issuers that do not read the header; a form is logged more often.
    pub fn post(client_id: impl Into<Cow<'static, str>>, client_secret: impl Into<Secret>) -> Self {
        Self(Method::Post { id: client_id.into(), secret: client_secret.into() })
    }
}

/// An assertion that the client's key signs, in place of a secret (`private_key_jwt`, RFC 7523 section 2.2).
///
/// Its audience is the issuer's identifier as one string and its `typ` is `client-authentication+jwt`, as
/// draft-ietf-oauth-rfc7523bis requires, so that no issuer can use it at another. Each request carries a new one.
///
#[cfg_attr(feature = "signing", doc = "```")]
#[cfg_attr(not(feature = "signing"), doc = "```text")]
/// use auth_core::exchange::{PrivateKeyJwt, TokenEndpoint};
/// use auth_core::{signer::PrivateKey, sources::ClientCredentials};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// # let pem = "-----BEGIN PRIVATE KEY-----
/// # MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
/// # -----END PRIVATE KEY-----";
/// let endpoint = TokenEndpoint::parse("https://issuer.example.com/token")?;
/// let key = PrivateKey::from_pem(pem)?;
/// let client = PrivateKeyJwt::new("my-client", "https://issuer.example.com", key).key_id("2026-11");
/// let source = ClientCredentials::new(endpoint, client);
/// # let _ = source;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PrivateKeyJwt {
    client_id: Cow<'static, str>,
    issuer: Cow<'static, str>,
    signer: Arc<dyn Signer>,
    key_id: Option<Cow<'static, str>>,
    lifetime: Duration,
}

impl PrivateKeyJwt {
    /// The client, the identifier of the issuer it authenticates to (`issuer` of its metadata, RFC 8414 section 2, not the
    /// token endpoint), and who signs.
    pub fn new(
        client_id: impl Into<Cow<'static, str>>,
        issuer: impl Into<Cow<'static, str>>,
        signer: impl Signer,
    ) -> Self {
        Self {
            client_id: client_id.into(),
            issuer: issuer.into(),
            signer: Arc::new(signer),
            key_id: None,
            lifetime: assertion::DEFAULT_LIFETIME,
        }
    }

    /// The `kid` by which the issuer finds the public key. Default: none, which will do where the client has one key.
    #[must_use]
    pub fn key_id(mut self, key_id: impl Into<Cow<'static, str>>) -> Self {
        self.key_id = Some(key_id.into());
        self
    }

    /// From `iat`, 30 s ago, to `exp`. Default: 5 minutes, the most that some issuers take.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    async fn assertion(&self, cx: &FetchContext) -> Result<Secret, Error> {
        let (id, now) = (&self.client_id, cx.now().wall());
        let claims = assertion::claims(id, id, &self.issuer, now, self.lifetime);
        signer::sign(&*self.signer, ASSERTION_TYP, self.key_id.as_deref(), &claims).await
    }
}

impl fmt::Debug for PrivateKeyJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("PrivateKeyJwt");
        shown.field("client_id", &self.client_id).field("algorithm", &self.signer.algorithm()).finish_non_exhaustive()
    }
}

/// The client on whose behalf a grant is redeemed: confidential (by [`ClientAuth`] or [`PrivateKeyJwt`]), public, or not named.
#[derive(Clone, Debug)]
pub struct Client(Option<Named>);

#[derive(Clone, Debug)]
enum Named {
    Public(Cow<'static, str>),
    Confidential(ClientAuth),
}

impl Client {
    /// A client without a secret, such as a program on its user's machine: `client_id` in the form (RFC 6749 section 3.2.1).
    pub fn public(client_id: impl Into<Cow<'static, str>>) -> Self {
        Self(Some(Named::Public(client_id.into())))
    }

    /// No client at all, for issuers that go by the grant alone.
    pub fn unnamed() -> Self {
        Self(None)
    }

    /// Adds what this client has to say to a request. An assertion is made anew each time: send the request at once.
    ///
    /// # Errors
    /// What the signer says.
    pub async fn authenticate(&self, exchange: Exchange, cx: &FetchContext) -> Result<Exchange, Error> {
        match &self.0 {
            None => Ok(exchange),
            Some(Named::Public(id)) => Ok(exchange.public_param("client_id", &**id).client_name("the client id")),
            Some(Named::Confidential(auth)) => auth.authenticate(exchange, cx).await,
        }
    }
}

impl ClientAuth {
    /// As [`Client::authenticate`].
    pub(crate) async fn authenticate(&self, exchange: Exchange, cx: &FetchContext) -> Result<Exchange, Error> {
        const BY_SECRET: &str = "the client id or the client secret";
        match &self.0 {
            Method::Basic { id, secret } => exchange.client_name(BY_SECRET).basic_auth(id, secret),
            Method::Post { id, secret } => Ok(exchange
                .client_name(BY_SECRET)
                .public_param("client_id", &**id)
                .param("client_secret", secret.clone())),
            Method::PrivateKeyJwt(jwt) => Ok(exchange
                .client_name("the client's key (check the client id, the key id and that the issuer is named as it names itself)")
                .public_param("client_id", &*jwt.client_id)
                .public_param("client_assertion_type", ASSERTION_TYPE)
                .param("client_assertion", jwt.assertion(cx).await?)),
        }
    }
}

impl From<PrivateKeyJwt> for ClientAuth {
    fn from(jwt: PrivateKeyJwt) -> Self {
        Self(Method::PrivateKeyJwt(jwt))
    }
}

impl From<ClientAuth> for Client {
    fn from(auth: ClientAuth) -> Self {
        Self(Some(Named::Confidential(auth)))
    }
}

impl From<PrivateKeyJwt> for Client {
    fn from(jwt: PrivateKeyJwt) -> Self {
        ClientAuth::from(jwt).into()
    }
}

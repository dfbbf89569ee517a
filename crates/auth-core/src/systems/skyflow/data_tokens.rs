//! Data tokens that are signed, so that a vault detokenizes them for nobody else.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::{Credentials, ctx};
use crate::runtime::{Runtime, TokioRuntime};
use crate::signer::sign;
use crate::{Error, Secret};

/// How long a signed data token is good for unless said otherwise: what Skyflow's own SDKs say.
const TIME_TO_LIVE: Duration = Duration::from_secs(60);

/// Signs data tokens with a service account's key. Nothing is sent: whoever gets one hands it to the vault.
///
/// Not for authenticating requests; that is [`BearerToken`](super::BearerToken).
///
/// ```no_run
/// use auth_core::systems::skyflow::{Credentials, DataTokens};
///
/// # async fn example() -> Result<(), auth_core::Error> {
/// let signer = DataTokens::new(Credentials::from_file("credentials.json")?).ctx("user-42")?;
/// for signed in signer.sign(["my-data-token"]).await? {
///     println!("{}", signed.data_token());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct DataTokens {
    credentials: Credentials,
    time_to_live: Duration,
    ctx: Option<Value>,
    runtime: Arc<dyn Runtime>,
}

/// A data token, and the same signed.
#[derive(Clone, Debug)]
pub struct SignedDataToken {
    data_token: String,
    signed: Secret,
}

impl DataTokens {
    /// Signs with the key of `credentials`.
    pub fn new(credentials: Credentials) -> Self {
        Self { credentials, time_to_live: TIME_TO_LIVE, ctx: None, runtime: Arc::new(TokioRuntime) }
    }

    /// How long signed tokens are good for, in whole seconds. Default: 60 s.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if it is less than a second.
    pub fn time_to_live(mut self, time: Duration) -> Result<Self, Error> {
        if time.as_secs() == 0 {
            return Err(Error::misconfigured("the `time_to_live` of signed data tokens has to be a second or more"));
        }
        self.time_to_live = time;
        Ok(self)
    }

    /// What the vault's policies may know of whoever uses them, as [`BearerToken::ctx`](super::BearerToken::ctx).
    ///
    /// # Errors
    /// As there.
    pub fn ctx(mut self, ctx: impl Into<Value>) -> Result<Self, Error> {
        self.ctx = ctx::claim(ctx.into())?;
        Ok(self)
    }

    /// Takes the time from here. Default: the system's clock.
    #[must_use]
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Arc::new(runtime);
        self
    }

    /// Signs each of the data tokens, in their order.
    ///
    /// # Errors
    /// What the signer says; [`Misconfigured`](crate::ErrorKind::Misconfigured) for an empty data token.
    pub async fn sign<T: AsRef<str>>(
        &self,
        data_tokens: impl IntoIterator<Item = T>,
    ) -> Result<Vec<SignedDataToken>, Error> {
        let data_tokens: Vec<String> = data_tokens.into_iter().map(|token| token.as_ref().to_owned()).collect();
        let mut all = Vec::with_capacity(data_tokens.len());
        for data_token in data_tokens {
            if data_token.is_empty() {
                return Err(Error::misconfigured("a data token to be signed is empty"));
            }
            let jwt = sign(self.credentials.signer(), "JWT", None, &self.claims(&data_token)).await?;
            all.push(SignedDataToken { data_token, signed: Secret::new(format!("signed_token_{}", jwt.expose())) });
        }
        Ok(all)
    }

    fn claims(&self, data_token: &str) -> Map<String, Value> {
        let now = self.runtime.now().wall().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let mut claims = Map::new();
        let mut claim = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        claim("iss", "sdk".into());
        claim("key", self.credentials.key_id().into());
        claim("sub", self.credentials.client_id().into());
        claim("tok", data_token.into());
        claim("iat", now.into());
        claim("exp", now.saturating_add(self.time_to_live.as_secs()).into());
        if let Some(ctx) = &self.ctx {
            claim("ctx", ctx.clone());
        }
        claims
    }
}

impl fmt::Debug for DataTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataTokens")
            .field("credentials", &self.credentials)
            .field("time_to_live", &self.time_to_live)
            .finish_non_exhaustive()
    }
}

impl SignedDataToken {
    /// The data token that was signed.
    pub fn data_token(&self) -> &str {
        &self.data_token
    }

    /// It with the signature: `signed_token_` and a JWT.
    pub fn signed(&self) -> &Secret {
        &self.signed
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;

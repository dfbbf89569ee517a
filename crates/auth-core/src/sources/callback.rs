//! A token that the program itself brings.

use std::fmt;
use std::future::Future;

use async_trait::async_trait;

use crate::{Error, FetchContext, Secret, Token, TokenSource, token_value};

/// A bearer token from a callback of the program's own: a backend that mints tokens, another SDK.
///
/// The callback returns the bare token. It is checked like one from a file, and a JWT's own `exp` is respected: one that
/// has passed is an error, not a request in vain. For more say in the matter use [`source_fn`](crate::source_fn).
///
/// ```
/// use auth_core::{Secret, sources::Callback};
///
/// let source = Callback::new(|| async { Ok(Secret::new("from somewhere else")) });
/// # let _: &dyn auth_core::TokenSource = &source;
/// ```
#[derive(Clone)]
pub struct Callback<F>(F);

impl<F, Fut> Callback<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Secret, Error>> + Send + 'static,
{
    /// A source that calls `bring` whenever a token is needed.
    pub fn new(bring: F) -> Self {
        Self(bring)
    }
}

impl<F> fmt::Debug for Callback<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback")
    }
}

#[async_trait]
impl<F, Fut> TokenSource for Callback<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Secret, Error>> + Send + 'static,
{
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        let value = (self.0)().await?;
        let token = token_value::clean(value.expose().as_bytes())
            .map_err(|reason| Error::misconfigured(format!("the callback's token is not usable: {reason}")))?;
        Ok(Token::bearer(Secret::from(token)).found())
    }
}

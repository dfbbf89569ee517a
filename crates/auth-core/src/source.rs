//! The trait to implement for a new kind of credential.

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{Error, FetchContext, Token};

/// Fetches a token from somewhere. It never remembers: keeping, sharing and refreshing is the
/// [`Authenticator`](crate::Authenticator)'s work, and it calls `fetch` from one task at a time.
///
/// ```
/// use auth_core::{async_trait, Error, FetchContext, Token, TokenSource};
///
/// struct Vault;
///
/// #[async_trait]
/// impl TokenSource for Vault {
///     async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
///         Ok(Token::bearer("from wherever you like").expires_in(std::time::Duration::from_secs(600)))
///     }
/// }
/// # fn proof(_: &dyn TokenSource) {} proof(&Vault);
/// ```
///
/// Test it as it will be used: in an authenticator, on a `FakeRuntime` (feature `test-util`), where an hour passes in no
/// time. A [`FetchContext`] can't be made by hand.
#[async_trait]
pub trait TokenSource: Send + Sync + 'static {
    /// Brings one token, now. The context says why, how long it may take, and holds the transport.
    ///
    /// # Errors
    /// Choose the [`ErrorKind`](crate::ErrorKind) with care: transient errors are repeated within the same acquisition, up
    /// to 3 calls in all if somebody waits for it. If the input works only once (a refresh token), call
    /// [`FetchContext::single_use`] before sending.
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error>;
}

#[async_trait]
impl<S: TokenSource + ?Sized> TokenSource for Arc<S> {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        (**self).fetch(cx).await
    }
}

#[async_trait]
impl<S: TokenSource + ?Sized> TokenSource for Box<S> {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        (**self).fetch(cx).await
    }
}

/// A source from an async closure.
///
/// ```
/// use auth_core::{source_fn, Token};
///
/// let source = source_fn(|_cx| async { Ok(Token::bearer("t")) });
/// # let _: &dyn auth_core::TokenSource = &source;
/// ```
pub fn source_fn<F, Fut>(fetch: F) -> SourceFn<F>
where
    F: Fn(FetchContext) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Token, Error>> + Send + 'static,
{
    SourceFn(fetch)
}

/// The source that [`source_fn`] makes.
#[derive(Clone, Copy)]
pub struct SourceFn<F>(F);

impl<F> std::fmt::Debug for SourceFn<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SourceFn")
    }
}

#[async_trait]
impl<F, Fut> TokenSource for SourceFn<F>
where
    F: Fn(FetchContext) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Token, Error>> + Send + 'static,
{
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        (self.0)(cx.clone()).await
    }
}

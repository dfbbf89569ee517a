//! A token that somebody gives.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use http::HeaderName;

use crate::{Changed, Error, FetchContext, Secret, Token, TokenSource, token_value};

/// A fixed token: an API key, or an access token that somebody else renews.
///
/// A JWT's own `exp` is respected. Without one it never expires; whoever renews it replaces it by the
/// [`handle`](StaticToken::handle).
///
/// ```
/// use auth_core::sources::StaticToken;
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let source = StaticToken::new("my-access-token")?;
/// let handle = source.handle();
/// // ... later, when the token has been renewed:
/// handle.replace("my-next-access-token")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct StaticToken {
    shared: Arc<Mutex<Shared>>,
    header: Option<HeaderName>,
}

/// Guards the value and those to tell; held for a clone or a replacement only.
#[derive(Debug)]
struct Shared {
    value: Secret,
    listening: Vec<Changed>,
}

impl StaticToken {
    /// A bearer token. White space at its ends is stripped.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) with the reason: empty, quoted, a scheme in front, a placeholder,
    /// characters that are no token's. The value is not repeated.
    pub fn new(token: impl Into<Secret>) -> Result<Self, Error> {
        let value = clean(&token.into())?;
        Ok(Self { shared: Arc::new(Mutex::new(Shared { value, listening: Vec::new() })), header: None })
    }

    /// Sends it raw in a header of its own, such as `x-api-key`, instead of `Authorization: Bearer`.
    #[must_use]
    pub fn in_header(mut self, name: HeaderName) -> Self {
        self.header = Some(name);
        self
    }

    /// A handle that replaces the token later.
    pub fn handle(&self) -> TokenHandle {
        TokenHandle(Arc::clone(&self.shared))
    }
}

#[async_trait]
impl TokenSource for StaticToken {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let value = {
            let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared.listening.retain(|changed| changed.is_heard() && !changed.is_same(&cx.changed));
            shared.listening.push(cx.changed());
            shared.value.clone()
        };
        Ok(match &self.header {
            Some(name) => Token::in_header(name.clone(), value),
            None => Token::bearer(value),
        }
        .found())
    }
}

/// Replaces the token of a [`StaticToken`].
#[derive(Clone, Debug)]
pub struct TokenHandle(Arc<Mutex<Shared>>);

impl TokenHandle {
    /// Replaces the token, in every authenticator over the same source. Once this returns, no further request carries the
    /// old one.
    ///
    /// # Errors
    /// As [`StaticToken::new`]; the old token then stays.
    pub fn replace(&self, token: impl Into<Secret>) -> Result<(), Error> {
        let value = clean(&token.into())?;
        let listening = {
            let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            shared.value = value;
            shared.listening.clone()
        };
        listening.iter().for_each(Changed::notify);
        Ok(())
    }
}

fn clean(token: &Secret) -> Result<Secret, Error> {
    token_value::clean(token.expose().as_bytes())
        .map(Secret::from)
        .map_err(|reason| Error::misconfigured(format!("the token is not usable: {reason}")))
}

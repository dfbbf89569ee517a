//! By which door a caller comes in who wants a token.

use std::time::Duration;

use auth_core::Authenticator;
use auth_core::Credential;
use auth_core::adapter::{Attach, Sent};
use http::{HeaderMap, HeaderValue, Uri};

use super::calls::{Arrival, Waiting};
use super::moments::Tokens;

/// The API that tokens are attached for when a case only gets them.
const API: &str = "https://api.test/";

/// A case holds for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// `token(..)`, for uses other than headers.
    Token,
    /// `attach(..)`, as adapters do; the one with the fast path. It has no `min_remaining`.
    Attach,
}

impl Door {
    pub(crate) fn enter(self, auth: &Authenticator, min_remaining: Duration, tokens: Tokens) -> Waiting {
        match self {
            Self::Attach if min_remaining.is_zero() => attach(auth, tokens),
            _ => token(auth, min_remaining, tokens),
        }
    }
}

fn token(auth: &Authenticator, min_remaining: Duration, tokens: Tokens) -> Waiting {
    let acquire = auth.token(min_remaining);
    Box::pin(async move { acquire.await.map_or_else(Arrival::Failed, |credential| brought(&credential, &tokens)) })
}

/// As an adapter does it: what is there is attached at once, what is not is waited for.
fn attach(auth: &Authenticator, tokens: Tokens) -> Waiting {
    let (auth, uri, mut headers) = (auth.clone(), Uri::from_static(API), HeaderMap::new());
    let attached = auth.attach(&uri, &mut headers);
    Box::pin(async move {
        let sent = match attached {
            Ok(Attach::Ready(sent)) => Ok(sent),
            Ok(Attach::Wait(acquire)) => match acquire.await {
                Ok(credential) => auth.attach_credential(&credential, &uri, &mut headers),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        match sent {
            Ok(sent) => on_request(sent, &headers, &tokens),
            Err(error) => Arrival::Failed(error),
        }
    })
}

fn brought(credential: &Credential, tokens: &Tokens) -> Arrival {
    let headers: HeaderMap = credential.headers().map(|(name, value)| (name.clone(), value.clone())).collect();
    on_request(Sent::With { generation: credential.generation() }, &headers, tokens)
}

fn on_request(sent: Sent, headers: &HeaderMap, tokens: &Tokens) -> Arrival {
    let text = |value: &HeaderValue| value.to_str().unwrap_or("not text").to_owned();
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let token = headers.iter().find_map(|(_, value)| tokens.name_in(value));
    let generation = if let Sent::With { generation } = sent { generation } else { 0 };
    Arrival::Token { token: token.unwrap_or_else(|| "none".to_owned()), generation, headers }
}

//! What a request was sent with, so that no error repeats it.

use auth_core::async_trait;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use http::{Extensions, HeaderName, HeaderValue};
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next, Result};

/// Innermost: puts the credential that went out beside the answer, since servers quote what they were sent.
pub(super) struct Witness;

/// The values of a request's headers that are credentials, in the extensions of the answer.
#[derive(Clone)]
pub(super) struct SentSecrets(Vec<HeaderValue>);

impl SentSecrets {
    /// The credentials themselves, without the scheme in front: the last word of each value, and the longer ones before it,
    /// since a cookie has several.
    pub(super) fn exposed(&self) -> impl Iterator<Item = &str> {
        let values = self.0.iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| {
            let last = value.rsplit(' ').next();
            let longer = value.split(' ').rev().skip(1).filter(|word| word.len() >= SHORTEST);
            last.into_iter().chain(longer)
        })
    }
}

/// Shorter words than that, `Bearer` for one, are no credentials.
const SHORTEST: usize = 8;

#[async_trait]
impl Middleware for Witness {
    async fn handle(&self, request: Request, extensions: &mut Extensions, next: Next<'_>) -> Result<Response> {
        let is_credential = |name: &HeaderName, value: &HeaderValue| {
            value.is_sensitive() || [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name)
        };
        let sent = request.headers().iter().filter(|(name, value)| is_credential(name, value));
        let secrets = SentSecrets(sent.map(|(_, value)| value.clone()).collect());
        let mut response = next.run(request, extensions).await?;
        response.extensions_mut().insert(secrets);
        Ok(response)
    }
}

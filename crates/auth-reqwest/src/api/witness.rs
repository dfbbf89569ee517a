//! What a request was sent with, so that no error repeats it.

use auth_core::async_trait;
use http::{Extensions, HeaderValue};
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next, Result};

/// Innermost: puts the credential that went out beside an answer that is an error, since servers quote what they refuse.
pub(super) struct Witness;

/// The values of a request's sensitive headers, in the extensions of an answer that is an error.
#[derive(Clone)]
pub(super) struct SentSecrets(Vec<HeaderValue>);

impl SentSecrets {
    /// The credentials themselves, without the scheme in front.
    pub(super) fn exposed(&self) -> impl Iterator<Item = &str> {
        let values = self.0.iter().filter_map(|value| value.to_str().ok());
        values.map(|value| value.rsplit(' ').next().unwrap_or(value))
    }
}

#[async_trait]
impl Middleware for Witness {
    async fn handle(&self, request: Request, extensions: &mut Extensions, next: Next<'_>) -> Result<Response> {
        let sensitive = request.headers().values().filter(|value| value.is_sensitive());
        let secrets = SentSecrets(sensitive.cloned().collect());
        let mut response = next.run(request, extensions).await?;
        if !response.status().is_success() {
            response.extensions_mut().insert(secrets);
        }
        Ok(response)
    }
}

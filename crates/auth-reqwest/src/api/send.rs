//! Sends a request, and perhaps again.

use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::Error;

use super::client::Parts;
use super::{ApiError, Retries, failure};

/// Sends until there is an answer that counts. What is repeated is repeated as a whole, authentication included.
pub(super) async fn send(
    parts: &Parts,
    mut request: Request,
    extensions: Extensions,
    idempotent: bool,
) -> Result<Response, ApiError> {
    let mut made = 0;
    loop {
        let copy = (idempotent && parts.retries.allows(made)).then(|| request.try_clone()).flatten();
        let result = parts.client.execute_with_extensions(request, &mut extensions.clone()).await;
        let pause = match &result {
            Ok(response) if Retries::is_passing(response.status()) => {
                let asked = auth_core::adapter::retry_after(response.headers(), parts.authenticator.now().wall());
                parts.retries.pause(made, asked, parts.authenticator.random())
            }
            Err(error) if is_connection(error) => parts.retries.pause(made, None, parts.authenticator.random()),
            _ => None,
        };
        let (Some(pause), Some(copy)) = (pause, copy) else {
            return match result {
                Ok(response) if response.status().is_success() => Ok(response),
                Ok(response) => Err(failure::of_response(parts, response).await),
                Err(error) => Err(failure::of_middleware(parts, error)),
            };
        };
        drop(result);
        parts.authenticator.timer(pause).await;
        made += 1;
        request = copy;
    }
}

/// Whether there was no connection, or it was lost before an answer. A limit of time that has passed was the caller's.
fn is_connection(error: &Error) -> bool {
    let Error::Reqwest(error) = error else { return false };
    error.is_connect() || error.is_request() && !error.is_timeout()
}

//! reqwest as the transport of a token source.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::iter;
use std::mem;

use auth_core::{Error, ErrorKind, Transport, async_trait};
use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use reqwest::Client;

use crate::token_client;

/// Sends token requests with a reqwest client.
///
/// [`new`](ReqwestTransport::new) uses [`token_client`]. Build one of your own from [`token_client`] for a proxy or
/// certificates. A client that follows redirects would carry the credential to wherever the token endpoint points, and
/// learns of it too late: its answers are refused.
#[derive(Clone)]
pub struct ReqwestTransport {
    client: Client,
}

impl ReqwestTransport {
    /// A transport over a [`token_client`].
    ///
    /// # Errors
    /// [`Misconfigured`](ErrorKind::Misconfigured) if reqwest can't be set up: its TLS backend, or the proxy that the
    /// environment names.
    pub fn new() -> Result<Self, Error> {
        let client = token_client().build();
        let client = client.map_err(|_| {
            Error::misconfigured("reqwest can't be set up: look at its TLS features and at the proxy variables")
        })?;
        Ok(Self { client })
    }

    /// A transport over a client of yours. Start from [`token_client`].
    pub fn with_client(client: Client) -> Self {
        Self { client }
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReqwestTransport")
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
        let request = reqwest::Request::try_from(request)
            .map_err(|_| Error::misconfigured("the token endpoint's URL is none that reqwest can use"))?;
        let asked = request.url().clone();
        let mut response = self.client.execute(request).await.map_err(|error| unreachable(&error))?;
        if *response.url() != asked {
            return Err(Error::misconfigured(
                "the token endpoint redirected the request, and this reqwest client followed: build it from token_client()",
            ));
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| cut_short())? {
            if chunk.len() > limit.saturating_sub(body.len()) {
                let message = format!("the token endpoint's answer is longer than {limit} bytes");
                return Err(Error::new(ErrorKind::Malformed, message));
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = Response::new(body.freeze());
        *answer.status_mut() = response.status();
        *answer.version_mut() = response.version();
        *answer.headers_mut() = mem::take(response.headers_mut());
        Ok(answer)
    }
}

/// reqwest's own words stay out of it: they quote the URL. The operating system's reason is safe, and useful.
fn unreachable(error: &reqwest::Error) -> Error {
    if causes(error).any(|cause| cause.to_string().contains(NO_TLS)) {
        return Error::misconfigured(
            "reqwest was built without TLS and can't reach an https token endpoint: enable a TLS feature of reqwest, such as \
             `rustls`",
        );
    }
    let reason = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    let message = match reason {
        Some(kind) => format!("the token endpoint could not be reached: {kind}"),
        None if error.is_timeout() => "the token endpoint could not be reached in time".to_owned(),
        None => "the token endpoint could not be reached".to_owned(),
    };
    let answer = Error::transient(message);
    if error.is_connect() { answer.never_sent() } else { answer }
}

/// What the connector of a reqwest without TLS says of an https URL.
const NO_TLS: &str = "scheme is not http";

fn cut_short() -> Error {
    Error::transient("the token endpoint broke off in the middle of its answer")
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| (*error).source())
}

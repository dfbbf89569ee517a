//! reqwest as the transport of a token source.

use std::error::Error as StdError;
use std::fmt;
use std::iter;
use std::mem;

use auth_core::adapter::unreachable;
use auth_core::{Error, ErrorKind, Transport, async_trait};
use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use reqwest::{Client, ClientBuilder};

use crate::client::{fetches_tokens, token_client};

/// Sends token requests with reqwest: no redirects, no `Referer`, no cookies, and nothing longer than the source allows
/// (1 MiB by default).
#[derive(Clone)]
pub struct ReqwestTransport {
    https: Client,
    http: Client,
}

impl ReqwestTransport {
    /// A transport over a [`token_client`]. Requests over plain http, which go to loopback or to the machine's own metadata
    /// service, use no proxy, whatever the environment says.
    ///
    /// # Errors
    /// [`Misconfigured`](ErrorKind::Misconfigured) if reqwest can't be set up.
    ///
    /// # Panics
    /// As `reqwest::ClientBuilder::build` does: with reqwest's feature `rustls-no-provider`, if no provider was installed.
    pub fn new() -> Result<Self, Error> {
        Ok(Self { https: build(token_client())?, http: build(token_client().no_proxy())? })
    }

    /// A transport over a client with settings of yours: a proxy, certificates, limits of time. Start from [`token_client`].
    /// Whatever the builder says, redirects are not followed: a token request carries a credential to one host.
    ///
    /// # Errors
    /// [`Misconfigured`](ErrorKind::Misconfigured) if reqwest can't be set up.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub fn with_builder(builder: ClientBuilder) -> Result<Self, Error> {
        let client = build(builder)?;
        Ok(Self { https: client.clone(), http: client })
    }
}

fn build(builder: ClientBuilder) -> Result<Client, Error> {
    let client = fetches_tokens(builder).build();
    client.map_err(|_| {
        Error::misconfigured("reqwest can't be set up: look at its TLS features, certificates and proxies")
    })
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
        let https = request.url().scheme() == "https";
        let client = if https { &self.https } else { &self.http };
        let mut response = client.execute(request).await.map_err(|error| failed(&error, https))?;
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

/// reqwest's own words stay out of it: they quote the URL.
fn failed(error: &reqwest::Error, https: bool) -> Error {
    if https && lacks_tls(error) {
        return Error::misconfigured(
            "reqwest was built without TLS and can't reach an https token endpoint: enable a TLS feature of reqwest, such as \
             `rustls`",
        );
    }
    if error.is_builder() {
        return Error::misconfigured(
            "reqwest refuses to send a request to the token endpoint: look at the client's settings",
        );
    }
    if error.is_timeout() && !error.is_connect() {
        return Error::transient("the token endpoint did not answer in time");
    }
    let unreachable = unreachable(error, https);
    if error.is_connect() { unreachable.never_sent() } else { unreachable }
}

/// Whether reqwest has no TLS, and an https URL was asked for.
pub(crate) fn lacks_tls(error: &reqwest::Error) -> bool {
    iter::successors(error.source(), |&cause| cause.source()).any(|cause| cause.to_string() == NO_TLS)
}

/// What the connector of a reqwest without TLS says of an https URL.
const NO_TLS: &str = "invalid URL, scheme is not http";

fn cut_short() -> Error {
    Error::transient("the token endpoint broke off in the middle of its answer")
}

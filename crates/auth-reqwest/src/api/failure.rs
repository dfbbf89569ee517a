//! Errors of what went wrong.

use std::time::Duration;

use auth_core::adapter::{Sent, Without, retry_after, why_unreachable};
use auth_core::{ErrorKind, Outcome};
use bytes::BytesMut;
use http::{HeaderMap, StatusCode};
use reqwest::Response;

use super::client::Parts;
use super::credential::named;
use super::error::{Inner, Said};
use super::witness::SentSecrets;
use super::{ApiError, ApiErrorKind, problem};
use crate::ErrorExt;
use crate::limit::until;
use crate::transport::lacks_tls;

/// So much of an answer that is an error is read: it has a few hundred bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// So long it may take to arrive. Without it the status still tells the most.
const BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// An error in the making: what is known of the answer, apart from what is wrong with it.
pub(super) struct Failure {
    host: String,
    status: Option<StatusCode>,
    request_id: Option<String>,
}

impl Failure {
    pub(super) fn of(parts: &Parts) -> Self {
        let origin = parts.access.endpoint().origin().to_string();
        let host = origin.split("://").nth(1).unwrap_or_default().to_owned();
        Self { host, status: None, request_id: None }
    }

    pub(super) fn status(self, status: StatusCode) -> Self {
        Self { status: Some(status), ..self }
    }

    /// What the answer's headers say, but for what repeats the request's credential.
    pub(super) fn request_id(self, headers: &HeaderMap, sent: Option<&SentSecrets>) -> Self {
        let secrets: Vec<&str> = sent.iter().flat_map(|sent| sent.exposed()).collect();
        Self { request_id: problem::request_id(headers, &secrets), ..self }
    }

    pub(super) fn error(&self, kind: ApiErrorKind, head: impl Into<String>) -> ApiError {
        ApiError::new(self.inner(kind, head.into()))
    }

    fn inner(&self, kind: ApiErrorKind, head: String) -> Inner {
        let said = Said { request_id: self.request_id.clone(), ..Said::default() };
        let host = Some(self.host.clone());
        Inner { kind, head, host, status: self.status, said, retry_after: None, auth: None, source: None }
    }
}

/// The error that an answer is. Reads its body, as far as it needs it.
pub(super) async fn of_response(parts: &Parts, mut response: Response) -> ApiError {
    let body = until(parts.authenticator.timer(BODY_TIMEOUT), beginning(&mut response)).await.unwrap_or_default();
    let (status, headers) = (response.status(), response.headers());
    let outcome = response.extensions().get::<Outcome>();
    let secrets = response.extensions().get::<SentSecrets>();
    let secrets: Vec<&str> = secrets.iter().flat_map(|secrets| secrets.exposed()).collect();
    let pause = retry_after(headers, parts.authenticator.now().wall());
    let (kind, head) = judge(parts, status, outcome.map(Outcome::sent), pause);
    let mut inner = Failure::of(parts).status(status).inner(kind, head);
    inner.said = problem::read(headers, &body, &secrets);
    inner.retry_after = pause;
    inner.auth = outcome.and_then(Outcome::error).cloned();
    ApiError::new(inner)
}

/// As much of a body as arrives, up to the limit.
async fn beginning(response: &mut Response) -> BytesMut {
    let mut body = BytesMut::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = MAX_BODY_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() >= room {
            break;
        }
    }
    body
}

fn judge(parts: &Parts, status: StatusCode, sent: Option<Sent>, pause: Option<Duration>) -> (ApiErrorKind, String) {
    use ApiErrorKind as Kind;
    let who = || credential(parts, sent);
    match status.as_u16() {
        401 => (Kind::Authentication, format!("{} was refused", who())),
        403 => (Kind::PermissionDenied, format!("access to the resource was denied to {}", who())),
        404 | 410 => (Kind::NotFound, "there is no such resource, or none that the credential may see".to_owned()),
        400 | 422 => (Kind::Validation, "the request is not valid".to_owned()),
        409 | 412 => (Kind::Conflict, "the request does not go with the state of the resource".to_owned()),
        429 => {
            let when = pause.map_or("later".to_owned(), |pause| format!("in {} s", pause.as_secs()));
            (Kind::RateLimit, format!("these are too many requests: come back {when}"))
        }
        500..=599 => (Kind::Server, "the API failed".to_owned()),
        300..=399 => (
            Kind::Other,
            "the API answered with a redirect that is not followed: look at the endpoint's scheme, host and path"
                .to_owned(),
        ),
        _ => (Kind::Other, "the API answered with a status that is not expected".to_owned()),
    }
}

/// What the request was sent with, in words.
fn credential(parts: &Parts, sent: Option<Sent>) -> String {
    let id = parts.access.id();
    match sent {
        Some(Sent::Without(Without::CallersOwn)) => "the request's own credential".to_owned(),
        Some(Sent::Without(Without::NoneNeeded)) => {
            format!("a request without a credential, as the platform is to add that of {id},")
        }
        Some(Sent::Without(_)) => "a request without a credential".to_owned(),
        _ => named(&parts.access),
    }
}

/// The error of a client that has middlewares in it.
pub(super) fn of_middleware(parts: &Parts, error: reqwest_middleware::Error) -> ApiError {
    if let Some(ours) = error.auth() {
        return of_auth(parts, ours.clone());
    }
    match error {
        reqwest_middleware::Error::Reqwest(error) => of_reqwest(parts, &error),
        reqwest_middleware::Error::Middleware(error) => {
            let mut inner =
                Failure::of(parts).inner(ApiErrorKind::Other, "a middleware of the client failed".to_owned());
            inner.source = Some(error.into());
            ApiError::new(inner)
        }
    }
}

/// There was no token, so nothing was sent. The message says where the credential stands that the issuer refused.
fn of_auth(parts: &Parts, error: auth_core::Error) -> ApiError {
    let head = match error.kind() {
        ErrorKind::Rejected | ErrorKind::ExpiredOnArrival | ErrorKind::InteractionRequired => {
            format!("the request was not sent: replace {}: {error}", named(&parts.access))
        }
        _ => format!("the request was not sent: {error}"),
    };
    let mut error = ApiError::from(error);
    error.set_head(head);
    error
}

/// reqwest's own words stay out of it: they quote the URL.
pub(super) fn of_reqwest(parts: &Parts, error: &reqwest::Error) -> ApiError {
    let https = parts.access.endpoint().origin().to_string().starts_with("https:");
    let failure = Failure::of(parts);
    let network = |message: String| failure.error(ApiErrorKind::Network, message);
    if https && lacks_tls(error) {
        let message = "reqwest was built without TLS: enable a TLS feature of reqwest, such as `rustls`";
        return failure.error(ApiErrorKind::Config, message);
    }
    if error.is_builder() {
        return failure
            .error(ApiErrorKind::Config, "reqwest refuses to send the request: look at the client's settings");
    }
    if error.is_redirect() {
        return failure.error(ApiErrorKind::Other, "the API redirects without end");
    }
    if error.is_timeout() && !error.is_connect() {
        return network("the API did not answer in time".to_owned());
    }
    if error.is_body() || error.is_decode() {
        return network("the API broke off in the middle of its answer".to_owned());
    }
    network(format!("the API could not be reached{}", why_unreachable(error, https)))
}

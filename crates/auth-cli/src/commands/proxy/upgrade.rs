//! WebSockets: two connections that become one.

use std::sync::Arc;

use http::header::{CONNECTION, UPGRADE};
use http::{HeaderMap, HeaderValue, Method, Response, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

use super::headers::{end_response, mentions};
use super::numbers::{Numbers, Open};
use super::refusal::Refusal;

/// The one protocol that may be switched to. Others, such as `h2c`, would take requests past this proxy.
const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// Whether a request asks for a WebSocket (RFC 6455 section 4.1).
pub(super) fn is_asked_for(method: &Method, version: Version, headers: &HeaderMap) -> bool {
    method == Method::GET
        && version == Version::HTTP_11
        && headers.get(UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(WEBSOCKET.as_bytes()))
        && headers.get_all(CONNECTION).iter().any(|list| mentions(list, "upgrade"))
}

/// Asks for it anew, of the next in line.
pub(super) fn ask(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, WEBSOCKET);
}

/// Joins the caller's connection with the upstream's, which has agreed. `alive` lives as long as they do.
pub(super) fn join<T: Send + 'static>(
    caller: OnUpgrade,
    mut answer: Response<Incoming>,
    numbers: &Arc<Numbers>,
    alive: T,
) -> Result<HeaderMap, Refusal> {
    let right = answer.headers().get(UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"));
    if !right {
        return Err(Refusal::upgrade());
    }
    let upstream = hyper::upgrade::on(&mut answer);
    let open = Open::new(numbers, |numbers| &numbers.tunnels);
    let numbers = Arc::clone(numbers);
    tokio::spawn(async move {
        let _until_the_end = (open, alive);
        let Ok((caller, upstream)) = tokio::try_join!(caller, upstream) else {
            tracing::warn!("a connection ended before it became a WebSocket");
            return;
        };
        let (mut caller, mut upstream) = (TokioIo::new(caller), TokioIo::new(upstream));
        // Whichever way it ends, both sides see that it does.
        match copy_bidirectional(&mut caller, &mut upstream).await {
            Ok((up, down)) => numbers.tunnelled(up, down),
            Err(error) => tracing::debug!(kind = %error.kind(), "a WebSocket was cut"),
        }
    });
    let mut headers = std::mem::take(answer.headers_mut());
    end_response(&mut headers);
    ask(&mut headers);
    Ok(headers)
}

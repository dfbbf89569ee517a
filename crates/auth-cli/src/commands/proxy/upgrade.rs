//! WebSockets: two connections that become one.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use http::header::{CONNECTION, UPGRADE};
use http::{HeaderMap, HeaderValue, Method, Response, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::time::timeout;

use super::headers::{end_response, mentions};
use super::numbers::{Numbers, Open};
use super::refusal::Refusal;

/// The one protocol that may be switched to. Others, such as `h2c`, would take requests past this proxy.
const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// What one side still says when the other has ended.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What is read at a time.
const PART: usize = 16 * 1024;

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
        let ((from_caller, to_caller), (from_upstream, to_upstream)) =
            (split(TokioIo::new(caller)), split(TokioIo::new(upstream)));
        let up = pass(from_caller, to_upstream, |bytes| numbers.uploaded(bytes));
        let down = pass(from_upstream, to_caller, |bytes| numbers.downloaded(bytes));
        let (mut up, mut down) = (pin!(up), pin!(down));
        // A WebSocket has no half that goes on by itself (RFC 6455 section 7.1.1): with the one the other ends.
        tokio::select! {
            () = &mut up => drop(timeout(LAST_WORDS, down).await),
            () = &mut down => drop(timeout(LAST_WORDS, up).await),
        }
    });
    let mut headers = std::mem::take(answer.headers_mut());
    end_response(&mut headers);
    ask(&mut headers);
    Ok(headers)
}

/// Passes on what is read, at once, until the end or an error, which is an end.
async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, count: impl Fn(usize)) {
    let mut part = BytesMut::with_capacity(PART);
    while let Ok(1..) = from.read_buf(&mut part).await {
        count(part.len());
        if to.write_all_buf(&mut part).await.is_err() || to.flush().await.is_err() {
            break;
        }
        part.reserve(PART);
    }
    // The other side may be gone already, which is what it is told.
    let _ = to.shutdown().await;
}

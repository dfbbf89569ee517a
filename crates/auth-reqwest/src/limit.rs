//! A request's own time limit, for what comes before it is sent and between its two sendings.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use auth_core::runtime::Sleep;
use auth_core::{Error, ErrorKind};

/// Waits for anything until the timer fires; `None` if that was not enough.
pub(crate) async fn until<T>(mut timer: Sleep, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => timer.as_mut().poll(cx).map(|()| None),
    })
    .await
}

/// Waits for a token until the timer fires, if there is one. The fetch goes on for whoever comes next.
pub(crate) async fn within<T>(timer: Option<Sleep>, token: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let Some(timer) = timer else { return token.await };
    until(timer, token).await.unwrap_or_else(|| Err(too_late()))
}

fn too_late() -> Error {
    Error::new(ErrorKind::Timeout, "there was no token within the request's own timeout (`RequestBuilder::timeout`)")
}

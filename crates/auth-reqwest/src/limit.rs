//! A request's own time limit, for what comes before it is sent and between its two sendings.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use auth_core::runtime::Sleep;
use auth_core::{Error, ErrorKind};

/// Waits for a token until the timer fires, if there is one. The fetch goes on for whoever comes next.
pub(crate) async fn within<T>(timer: Option<Sleep>, token: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let Some(mut timer) = timer else { return token.await };
    let mut token = pin!(token);
    poll_fn(|cx| {
        if let Poll::Ready(result) = token.as_mut().poll(cx) {
            return Poll::Ready(result);
        }
        timer.as_mut().poll(cx).map(|()| Err(too_late()))
    })
    .await
}

fn too_late() -> Error {
    Error::new(ErrorKind::Timeout, "there was no token within the request's own timeout (`RequestBuilder::timeout`)")
}

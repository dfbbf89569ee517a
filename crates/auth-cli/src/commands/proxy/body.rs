//! Bodies as they pass: never held, only counted.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use hyper::body::Incoming;

use super::numbers::{Flight, Numbers};
use super::patience::Progress;
use super::written::Written;
use crate::serving::line::InUse;

/// A request's body, on its way to the upstream. The default one is empty: a request with no other can be sent again.
#[derive(Debug, Default)]
pub(super) struct Upload(Option<Passing>);

#[derive(Debug)]
struct Passing {
    body: Incoming,
    numbers: Arc<Numbers>,
    progress: Arc<Progress>,
    /// What the credential writes, unless the caller may write it, too.
    written: Option<Written>,
}

impl Upload {
    pub(super) fn new(
        body: Incoming,
        numbers: &Arc<Numbers>,
        progress: &Arc<Progress>,
        written: Option<Written>,
    ) -> Self {
        if body.is_end_stream() {
            return Self::default();
        }
        Self(Some(Passing { body, numbers: Arc::clone(numbers), progress: Arc::clone(progress), written }))
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(passing) = &mut self.0 else { return Poll::Ready(None) };
        let mut frame = ready!(Pin::new(&mut passing.body).poll_frame(cx));
        passing.progress.note();
        match &mut frame {
            Some(Ok(frame)) => {
                passing.numbers.uploaded(frame.data_ref().map_or(0, Bytes::len));
                if let (Some(trailers), Some(written)) = (frame.trailers_mut(), &passing.written) {
                    written.remove_from_trailers(trailers);
                }
            }
            Some(Err(_)) => passing.progress.break_off(),
            None => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(|passing| passing.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or_else(|| SizeHint::with_exact(0), |passing| passing.body.size_hint())
    }
}

/// A response's body, on its way to the caller.
#[derive(Debug)]
pub(super) enum Reply {
    /// The proxy's own.
    Own(Full<Bytes>),
    /// The upstream's. The request is in flight, and its connection in use, until it has passed.
    Passing { body: Incoming, flight: Flight, _in_use: InUse },
}

impl Reply {
    pub(super) fn own(text: impl Into<Bytes>) -> Self {
        Self::Own(Full::new(text.into()))
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut *self {
            Self::Own(body) => Pin::new(body).poll_frame(cx).map_err(|never| match never {}),
            Self::Passing { body, flight, .. } => {
                let frame = ready!(Pin::new(body).poll_frame(cx));
                match &frame {
                    Some(Ok(frame)) => flight.numbers().downloaded(frame.data_ref().map_or(0, Bytes::len)),
                    // Handed on as an error, which cuts the caller's connection: a body that ends early must not look whole.
                    Some(Err(_)) => flight.cut(),
                    None => {}
                }
                Poll::Ready(frame)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Own(body) => body.is_end_stream(),
            Self::Passing { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Own(body) => body.size_hint(),
            Self::Passing { body, .. } => body.size_hint(),
        }
    }
}

//! A request's body: bytes, or a stream that passes once.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Its default is no body, as with many body types: that must not be sent in the place of a real one.
#[derive(Debug)]
pub(crate) enum Load {
    /// Can be had again.
    Bytes(Bytes),
    /// Can't, and its length is not known.
    Once(VecDeque<Bytes>),
}

impl Load {
    /// A stream of these bytes, in pieces.
    pub(crate) fn once(bytes: impl Into<Bytes>) -> Self {
        const PIECE: usize = 4096;
        let bytes = bytes.into();
        let pieces = (0..bytes.len()).step_by(PIECE).map(|at| bytes.slice(at..bytes.len().min(at + PIECE)));
        Self::Once(pieces.collect())
    }

    pub(crate) fn can_be_had_again(&self) -> bool {
        matches!(self, Self::Bytes(_))
    }
}

impl Default for Load {
    fn default() -> Self {
        Self::Bytes(Bytes::new())
    }
}

impl From<&'static str> for Load {
    fn from(text: &'static str) -> Self {
        Self::Bytes(text.into())
    }
}

impl From<Bytes> for Load {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl Clone for Load {
    fn clone(&self) -> Self {
        match self {
            Self::Bytes(bytes) => Self::Bytes(bytes.clone()),
            Self::Once(_) => panic!("a body that passes once is to be copied"),
        }
    }
}

impl Body for Load {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = match &mut *self {
            Self::Bytes(bytes) => Some(std::mem::take(bytes)).filter(|bytes| !bytes.is_empty()),
            Self::Once(pieces) => pieces.pop_front(),
        };
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Bytes(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Once(_) => SizeHint::default(),
        }
    }
}

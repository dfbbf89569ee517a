//! How responses are read.

use auth_core::Authenticator;
use auth_core::adapter::{Judgement, Sent, Target};
use http::{Extensions, Response, Uri};

/// How responses are read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    pub(crate) answered_by: Option<fn(&Extensions) -> Option<&Uri>>,
    #[cfg(feature = "grpc")]
    pub(crate) grpc: bool,
}

impl Options {
    #[inline]
    pub(crate) fn judge<T>(&self, authenticator: &Authenticator, sent: Sent, response: &Response<T>) -> Judgement {
        match self.answered_by {
            None => authenticator.judge(sent, self.status(response), response.headers(), None),
            Some(find) => self.judge_by(find, authenticator, sent, response),
        }
    }

    /// Apart, so that the usual case is short.
    fn judge_by<T>(
        &self,
        find: fn(&Extensions) -> Option<&Uri>,
        authenticator: &Authenticator,
        sent: Sent,
        response: &Response<T>,
    ) -> Judgement {
        let answered_by = find(response.extensions()).map(Target::from);
        authenticator.judge(sent, self.status(response), response.headers(), answered_by)
    }

    /// Whether the client below says that another URI answered than the one that was asked.
    pub(crate) fn was_redirected<T>(&self, asked: &Uri, response: &Response<T>) -> bool {
        self.answered_by.and_then(|find| find(response.extensions())).is_some_and(|uri| uri != asked)
    }

    #[cfg(not(feature = "grpc"))]
    #[inline]
    fn status<T>(&self, response: &Response<T>) -> http::StatusCode {
        response.status()
    }

    #[cfg(feature = "grpc")]
    #[inline]
    fn status<T>(&self, response: &Response<T>) -> http::StatusCode {
        let unauthenticated = |status: &http::HeaderValue| status.as_bytes() == b"16";
        if self.grpc && response.headers().get("grpc-status").is_some_and(unauthenticated) {
            return http::StatusCode::UNAUTHORIZED;
        }
        response.status()
    }
}

//! Whether a response says that the token is no good.

use http::{HeaderMap, StatusCode, header::WWW_AUTHENTICATE};

use super::{Authenticator, Sent};
use crate::challenge;
use crate::origins::Permission;
use crate::target::Target;

/// What a response says about the token that its request carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing bad: return the response as it is.
    Fine,
    /// The token of this generation was rejected. See [`Authenticator::recover`].
    Rejected {
        /// The generation of the token.
        generation: u64,
    },
}

impl Authenticator {
    /// Looks at a response to a request that was [`Sent`] with this authenticator.
    ///
    /// A token is rejected by a 401, unless a Bearer challenge in it names another error than `invalid_token` or
    /// `expired_token` (RFC 6750 section 3.1: `insufficient_scope` will not be better with a new token), and only by the
    /// credential's own origin. Give `answered_by` if the client below may have followed redirects.
    #[inline]
    pub fn judge(
        &self,
        sent: Sent,
        status: StatusCode,
        headers: &HeaderMap,
        answered_by: Option<Target<'_>>,
    ) -> Judgement {
        let Sent::With { generation } = sent else { return Judgement::Fine };
        // Another origin's answer says nothing about the token, neither good nor bad.
        if answered_by.is_some_and(|target| self.is_anothers(target)) {
            return Judgement::Fine;
        }
        if status != StatusCode::UNAUTHORIZED {
            self.0.cache.answered(generation);
            return Judgement::Fine;
        }
        self.judge_401(generation, headers)
    }

    fn is_anothers(&self, target: Target<'_>) -> bool {
        if let Ok(Permission::Attach) = self.0.origins.check(target) {
            return false;
        }
        let host = target.host();
        tracing::warn!(target: "auth_core", host, "another origin answered a request that was sent with the token: the client \
            below follows redirects, and may have taken the token there");
        true
    }

    #[cold]
    fn judge_401(&self, generation: u64, headers: &HeaderMap) -> Judgement {
        let challenges = headers.get_all(WWW_AUTHENTICATE).iter().map(http::HeaderValue::as_bytes);
        if challenge::rejects_token(challenges) {
            return Judgement::Rejected { generation };
        }
        self.0.cache.answered(generation);
        Judgement::Fine
    }
}

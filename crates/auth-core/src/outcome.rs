//! What happened to a request, as an extension of its response.

use crate::Error;
use crate::authenticator::Sent;

/// Found in a response's extensions if anything happened to its request but the usual: nothing was attached, its token
/// was answered 401, or it was sent twice. A response without one was sent once, with a token, which was not rejected.
#[derive(Clone, Debug)]
pub struct Outcome {
    sent: Sent,
    rejected: bool,
    replayed: bool,
    error: Option<Error>,
}

impl Outcome {
    /// Nothing was attached.
    pub fn without(sent: Sent) -> Self {
        Self { sent, rejected: false, replayed: false, error: None }
    }

    /// The token was answered 401, and this is the answer to hand on: `replayed` if it is the second.
    pub fn rejected(sent: Sent, replayed: bool, error: Option<Error>) -> Self {
        Self { sent, rejected: true, replayed, error }
    }

    /// The first token was answered 401; this is the answer to the second.
    pub fn replayed(sent: Sent) -> Self {
        Self { sent, rejected: false, replayed: true, error: None }
    }

    /// What the request was sent with, the last time it was sent.
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// Whether this response is a rejection of the token.
    pub fn is_rejected(&self) -> bool {
        self.rejected
    }

    /// Whether the request was sent a second time with a newer token.
    pub fn is_replayed(&self) -> bool {
        self.replayed
    }

    /// Why the request was not sent again with another token.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }
}

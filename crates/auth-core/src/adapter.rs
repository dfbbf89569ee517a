//! What an adapter to an HTTP client uses: attach, send, judge the response, recover after a 401. Programs need nothing of
//! this; the service and the future of `auth-tower` show its use.
//!
//! The protocol is [`Authenticator::attach`](crate::Authenticator::attach),
//! [`judge`](crate::Authenticator::judge), [`recover`](crate::Authenticator::recover). An adapter that keeps something for
//! each client asks a [`View`] for a hit first, which is faster. The enums are exhaustive on purpose: a new case is something
//! every adapter has to know, so it comes with a new major version.

use crate::Error;

pub use crate::target::Target;

pub use crate::authenticator::{Attach, Judgement, Recover, Recovery, Sent, View, Without};

/// Why a rejected request is not sent a second time, where nothing else stands in the way: its body passes once, it is not
/// to be replayed, or it was redirected below the adapter and may have been applied (unless its method is safe). The 401 is
/// returned, and what [`recover`](crate::Authenticator::recover) has started goes on for the next request.
pub fn passed_once() -> Error {
    Error::transient("the request can't be sent again; a newer token is fetched for the next one")
}

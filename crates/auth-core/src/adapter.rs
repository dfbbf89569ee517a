//! What an adapter to an HTTP client uses: attach, send, judge the response, recover after a 401. Programs need nothing of
//! this; the service and the future of `auth-tower` show its use.
//!
//! The protocol is [`Authenticator::attach`](crate::Authenticator::attach),
//! [`judge`](crate::Authenticator::judge), [`recover`](crate::Authenticator::recover). An adapter that keeps something for
//! each client asks a [`View`] for a hit first, which is faster. The enums are exhaustive on purpose: a new case is something
//! every adapter has to know, so it comes with a new major version.

pub use crate::authenticator::{Attach, Judgement, Recover, Recovery, Sent, View, Without};

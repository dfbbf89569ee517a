//! What an adapter to an HTTP client uses: attach, send, judge the response, recover after a 401. Programs need nothing of
//! this; the service and the future of `auth-tower` show its use. A source that reads answers itself needs two of these functions:
//! [`retry_after`] and [`fit_to_show`].
//!
//! The protocol is [`Authenticator::attach`](crate::Authenticator::attach),
//! [`judge`](crate::Authenticator::judge), [`recover`](crate::Authenticator::recover). Ask for a hit first, which is faster: a
//! [`View`] in an adapter that keeps something for each client, else [`Authenticator::hit`](crate::Authenticator::hit). The enums
//! are exhaustive on purpose: a new case is something every adapter has to know, so it comes with a new major version.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::iter;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, Uri};

use crate::exchange::{answer, retry_after};
use crate::{Error, context};

pub use crate::head::Head;
pub use crate::io_reason::io_reason;
pub use crate::target::Target;

pub use crate::authenticator::{Attach, Judgement, Recover, Recovery, Sent, View, Without};

/// Why a rejected request is not sent a second time, where nothing else stands in the way: its body passes once, it is not
/// to be replayed, or it was redirected below the adapter and may have been applied (unless its method is safe). The 401 is
/// returned, and what [`recover`](crate::Authenticator::recover) has started goes on for the next request.
pub fn not_replayable() -> Error {
    Error::transient("the request can't be sent again; a newer token is fetched for the next one")
}

/// What a transport says where an HTTP client has failed. The client's own words stay out of it, since they may quote the
/// URL; the operating system's reason is safe, and useful. A refused connection is [never sent](Error::never_sent).
pub fn unreachable(error: &(dyn StdError + 'static), https: bool) -> Error {
    let (reason, because) = why(error, https);
    let failed = Error::transient(format!("the token endpoint could not be reached{because}"));
    if reason == Some(ErrorKind::ConnectionRefused) { failed.never_sent() } else { failed }
}

/// The reason why a server could not be reached, in words that can follow `could not be reached`: `: connection refused`.
/// Nothing of the client's own words is in it.
pub fn why_unreachable(error: &(dyn StdError + 'static), https: bool) -> String {
    why(error, https).1
}

fn why(error: &(dyn StdError + 'static), https: bool) -> (Option<ErrorKind>, String) {
    let causes = iter::successors(Some(error), |&error| error.source());
    let reason = causes.filter_map(|cause| cause.downcast_ref::<io::Error>()).map(innermost).find(says_something);
    let because = match reason {
        Some(ErrorKind::InvalidData) if https => ": TLS failed, look at the certificates".to_owned(),
        Some(kind) => format!(": {}", io_reason(kind)),
        None => " (look at its name, the proxy, and TLS)".to_owned(),
    };
    (reason, because)
}

/// How long a server asks to be left alone (`Retry-After`, RFC 9110 section 10.2.3), in both of its forms, at most an hour;
/// a date is compared with the server's own clock if the answer says what that is. `None` for what can't be read.
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    retry_after::of(headers, now)
}

/// A server's words as an error may show them: visible characters only, words that could be a credential as an ellipsis, at
/// most `max` bytes. `None` if nothing is left, or if they repeat eight bytes of one of the `secrets`.
pub fn fit_to_show(text: &str, secrets: &[&str], max: usize) -> Option<String> {
    answer::fit_to_show(text, secrets, max)
}

/// The URI with these pairs behind its query, encoded (`application/x-www-form-urlencoded`). `None` if that is longer than a
/// URI may be.
pub fn with_query(uri: &Uri, pairs: &[(String, String)]) -> Option<Uri> {
    context::with_query(uri, pairs)
}

/// The kind of the error that others of its type are wrapped around: `source()` passes over it.
fn innermost(error: &io::Error) -> ErrorKind {
    let inside = error.get_ref().and_then(|inside| inside.downcast_ref());
    inside.map_or_else(|| error.kind(), innermost)
}

/// The standard library has a name for what it can't tell, and keeps that for itself.
fn says_something(kind: &ErrorKind) -> bool {
    *kind != ErrorKind::Other && kind.to_string() != "uncategorized error"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: ErrorKind, https: bool, says: &str) {
        // As clients have it: inside of an error of theirs, whose text is not for us.
        let error = io::Error::other(io::Error::new(kind, "https://user:secret@host/"));
        let said = unreachable(&error, https).to_string();
        assert!(said.ends_with(says) && !said.contains("secret"), "{said}");
    }

    #[test]
    fn a_reason_that_the_system_gave_is_told_and_none_is_made_up() {
        check(ErrorKind::ConnectionRefused, true, "could not be reached: connection refused");
        check(ErrorKind::ConnectionReset, false, "could not be reached: connection reset");
        check(ErrorKind::InvalidData, true, "could not be reached: TLS failed, look at the certificates");
        check(ErrorKind::InvalidData, false, "could not be reached: invalid data");
        check(ErrorKind::Other, true, "could not be reached (look at its name, the proxy, and TLS)");
    }
}

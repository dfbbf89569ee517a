//! What can go wrong at either endpoint.

use std::time::Duration;

use http::StatusCode;

use crate::{Answer, Gate, Origin, Wire};

/// What happens to a request in place of, or before, its usual answer.
///
/// Queue it in [`Emulator::token_faults`](crate::Emulator::token_faults) or
/// [`Emulator::api_faults`](crate::Emulator::api_faults). What is wrong *inside* a token answer is a
/// [`Flaw`](crate::Flaw).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Fault {
    /// Waits this long on tokio's timer, then goes on.
    Delay(Duration),
    /// Waits until the gate is open, then goes on: the endpoint is frozen for as long as a test needs.
    Hold(Gate),
    /// Sends this answer.
    Answer(Answer),
    /// Closes the socket without an answer, by a TCP reset.
    Reset,
    /// Sends the usual answer's head and half of its body, then closes: less than `Content-Length` promised.
    Truncated,
    /// Sends 200 and a page of HTML, as a login page or a captive portal does.
    Garbage,
    /// Sends the usual answer behind so many spaces that its body has this many bytes. It is still good JSON, and comes
    /// in chunks without `Content-Length`, so that only a client that counts while it reads stops in time.
    Oversized(usize),
    /// Redirects to the same path and query of one of the two origins.
    Redirect {
        /// 302, 303, 307, 308: with the last two a client keeps method and body, secrets included (RFC 9110, section
        /// 15.4).
        status: StatusCode,
        /// Where to: [`Origin::Main`] is the origin that was asked.
        to: Origin,
    },
    /// Takes the socket, and does on it what it says: bytes that are no HTTP, that drip or have no end, a reset half-way.
    Wire(Wire),
    /// One after the other on the same request; see [`Fault::then`].
    Sequence(Vec<Fault>),
}

impl Fault {
    /// This fault, and then the next on the same request: `Fault::Hold(gate).then(Fault::Reset)`.
    ///
    /// Only [`Delay`](Self::Delay) and [`Hold`](Self::Hold) go on to a next one; the others end the request.
    #[must_use]
    pub fn then(self, next: impl Into<Fault>) -> Self {
        let mut steps = self.into_steps();
        steps.push(next.into());
        Self::Sequence(steps)
    }

    /// The faults in order, with no sequence among them.
    pub(crate) fn into_steps(self) -> Vec<Fault> {
        match self {
            Self::Sequence(steps) => steps.into_iter().flat_map(Self::into_steps).collect(),
            one => vec![one],
        }
    }
}

impl From<Answer> for Fault {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl From<Wire> for Fault {
    fn from(wire: Wire) -> Self {
        Self::Wire(wire)
    }
}

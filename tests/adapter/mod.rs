//! What every adapter promises, whichever HTTP client it is for. Each body runs over all of them.
//!
//! | file | promise |
//! | --- | --- |
//! | [`sockets`] | a real client sends requests and fetches tokens, and says whose failure it is |
//! | [`redirects`] | no other origin gets the header, whatever its name, wherever redirects are followed |
//! | [`replay`] | what is sent again is whole, and what can't be is sent once |
//! | [`recovery`] | one rejected token costs one fetch, however many requests it hits |
//! | [`wishes`] | a request chooses its own authentication |
//! | [`outcome`] | a response says what happened, if it is not the usual |
//! | [`refusals`] | what must not be sent is not sent |
//! | [`outages`] | an issuer's outage becomes an error of the right kind, and no unauthenticated request |
//! | [`answers`] | whatever a token endpoint answers: kind of error, number of requests, and what is told |
//! | [`weather`] | an API that misbehaves costs no token |

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise, and so may what tests are made of")]

mod answers;
mod outages;
mod outcome;
mod recovery;
mod redirects;
mod refusals;
mod replay;
mod sockets;
mod weather;
mod wishes;

pub(crate) use refusals::refused;

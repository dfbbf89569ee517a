//! `authctl proxy`.
//!
//! | file | promise |
//! | --- | --- |
//! | [`credential`] | every request is authenticated, through expiry; a caller's own credential does not pass; without a token nothing is sent |
//! | [`callers`] | who may send requests, and where the secret stands |
//! | [`passing`] | what is rewritten: headers of a connection, the host, redirects |
//! | [`streaming`] | bodies pass as they come, both ways, and end as they end |
//! | [`protocols`] | HTTP/2 with trailers, WebSockets, Cape's handshake, TLS |
//! | [`failing`] | an upstream that is dead, mute or no TLS server |
//! | [`admin`] | the second port |
//! | [`ending`] | what happens to requests at the end |

// A proxy that runs, and clients of it.
mod rig;
// Small upstreams.
mod upstream;

#[cfg(unix)]
pub(crate) use self::rig::{Proxy, send};

mod admin;
mod callers;
mod credential;
#[cfg(unix)]
mod ending;
mod failing;
mod passing;
mod protocols;
mod streaming;

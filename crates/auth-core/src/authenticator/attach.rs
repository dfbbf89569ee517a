//! The one place that writes auth headers, and only after the origins said yes.

use http::header::Entry;
use http::{HeaderMap, Uri};

use crate::Error;
use crate::cache::Snapshot;
use crate::origins::{Origins, Permission};

/// What a request was sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// With the token of this generation.
    With {
        /// 1 for the first token, one more for each that replaced it.
        generation: u64,
    },
    /// With nothing of ours.
    Without(Without),
}

/// Why nothing was attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Without {
    /// The caller's own header stands under a name that the credential writes.
    CallersOwn,
    /// The credential says that none is needed.
    NoneNeeded,
    /// The request goes to an origin that is not the credential's.
    OtherOrigin,
    /// The request asked for it (an extension).
    Asked,
}

#[inline]
pub(super) fn attach(
    snapshot: &Snapshot,
    origins: &Origins,
    uri: &Uri,
    headers: &mut HeaderMap,
) -> Result<Sent, Error> {
    let (first, rest) = match &*snapshot.headers {
        [] => return Ok(Sent::Without(Without::NoneNeeded)),
        [first, rest @ ..] => (first, rest),
    };
    if origins.check(uri)? == Permission::Other {
        return Ok(other_origin(uri));
    }
    if rest.iter().any(|(name, _)| headers.contains_key(name)) {
        return Ok(Sent::Without(Without::CallersOwn));
    }
    match headers.try_entry(&first.0).map_err(too_many)? {
        Entry::Occupied(_) => return Ok(Sent::Without(Without::CallersOwn)),
        Entry::Vacant(place) => place.try_insert(first.1.clone()).map_err(too_many)?,
    };
    for (name, value) in rest {
        headers.try_insert(name, value.clone()).map_err(too_many)?;
    }
    Ok(Sent::With { generation: snapshot.generation })
}

#[cold]
pub(super) fn other_origin(uri: &Uri) -> Sent {
    let host = uri.host().unwrap_or_default();
    tracing::debug!(target: "auth_core", host, "sent without the token: not one of its origins");
    Sent::Without(Without::OtherOrigin)
}

#[cold]
fn too_many<E>(_: E) -> Error {
    Error::misconfigured("the request has too many headers to add another")
}

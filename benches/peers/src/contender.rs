//! Who takes part.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::Error;
use crate::client::Client;
use crate::stand::Stand;

pub(crate) type Starting = Pin<Box<dyn Future<Output = Result<Client, Error>>>>;

/// A way to send requests with a credential.
pub(crate) struct Contender {
    /// Its name in a table.
    pub(crate) label: &'static str,
    /// Its crate, by which its version is found; none for what is written by hand.
    pub(crate) package: Option<&'static str>,
    pub(crate) side: Side,
    pub(crate) shape: Shape,
    /// Whether it sends a request once more after a 401, for which it has to keep a copy.
    pub(crate) replays: bool,
    /// How long before the end of a token it wants a newer one, as it comes.
    pub(crate) ahead: Duration,
    /// What has to be known to read its row.
    pub(crate) note: &'static str,
    pub(crate) start: fn(Stand) -> Starting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// A header that never changes, or none: what the others' figures are ratios to.
    Fixed,
    Ours,
    /// Whoever else keeps a token and replaces it.
    Peer,
}

/// What it is compared with: the same shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A value that the program itself puts on a request, or a middleware that it writes.
    Value,
    /// A Tower layer.
    Layer,
    /// A reqwest middleware.
    Middleware,
    /// On a request type and in a pipeline of its own.
    Own,
}

impl Contender {
    /// Whether it replaces its tokens.
    pub(crate) fn refreshes(&self) -> bool {
        self.side != Side::Fixed
    }

    pub(crate) fn version(&self) -> &'static str {
        self.package.map_or("", version)
    }
}

/// The version of a package, as the lock file has it: the last one, if it has several.
fn version(package: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let head = format!("name = \"{package}\"\nversion = \"");
    lock.rsplit_once(&head).and_then(|(_, rest)| Some(rest.split_once('"')?.0)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::contenders::all;

    #[test]
    fn every_package_has_a_version() {
        for contender in all() {
            assert_eq!(contender.version().is_empty(), contender.package.is_none(), "{}", contender.label);
        }
    }
}

//! A source of tokens that a program gives to a system's builder.

use std::fmt;
use std::sync::Arc;

use crate::{Error, TokenSource};

/// A source of the program's own, of which nothing is known that could be shown.
#[derive(Clone)]
pub(super) struct Own(pub(super) Arc<dyn TokenSource>);

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a source")
    }
}

/// The error about two credentials, of which neither can be meant to win.
pub(super) fn two(first: &str, second: &str) -> Error {
    Error::misconfigured(format!(
        "exactly one credential may be given, but the arguments `{first}` and `{second}` both are: leave one out"
    ))
}

//! What a hit looks at and writes to.

use http::{HeaderMap, Request};

use crate::target::Target;

/// A request, as far as it matters to [`Authenticator::hit`](crate::Authenticator::hit): where it goes, and its headers. The two are
/// asked for one after the other, so a client whose requests lend only one at a time can implement it, around its own type.
pub trait Head {
    /// Where it goes.
    fn target(&self) -> Target<'_>;

    /// Its headers.
    fn headers_mut(&mut self) -> &mut HeaderMap;
}

// Inline, as is what calls it: a good part of a hit.
impl<B> Head for Request<B> {
    #[inline(always)]
    fn target(&self) -> Target<'_> {
        self.uri().into()
    }

    #[inline(always)]
    fn headers_mut(&mut self) -> &mut HeaderMap {
        self.headers_mut()
    }
}

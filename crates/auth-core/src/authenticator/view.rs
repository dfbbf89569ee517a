//! One client's own view of an authenticator, so that clients on different threads share nothing they write to.

use std::fmt;
use std::mem;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};

use super::{Attach, Authenticator, Parts, Sent, attach};
use crate::Error;
use crate::cache::{Headers, Quiet, Snapshot};

/// An authenticator as one client sees it: a cheaper way to attach, for adapters that keep something for each client.
///
/// Attaching a header counts up a number beside its value, and all clients of an authenticator count up the same one. A
/// view copies the value for itself alone when it is used for the second time, and again after each replacement of the
/// token. A clone begins without a copy, so a client that is cloned for every request never pays for one.
///
/// The copy is used only while the token it was made of is the current one, and valid: once `invalidate()`, a replacement
/// or a shutdown has returned, no view attaches the old token. A view keeps no [`Secret`](crate::Secret),
/// but the header that was made of it, to its next use.
///
/// Ask for a [`hit`](View::hit); if it is none, [`attach`](View::attach).
pub struct View {
    shared: Authenticator,
    /// The same authenticator in an allocation of its own, with the copy.
    own: Option<Authenticator>,
    used: bool,
}

/// What a view has for itself.
pub(super) struct Own {
    generation: u64,
    headers: Headers,
    /// The one of the token, so it ends with the token.
    quiet: Arc<Quiet>,
}

impl View {
    /// A view without a copy yet.
    pub fn new(authenticator: Authenticator) -> Self {
        Self { shared: authenticator, own: None, used: false }
    }

    /// The authenticator, as all share it.
    pub fn authenticator(&self) -> &Authenticator {
        &self.shared
    }

    /// The same authenticator, to be cloned for judging the response to what was a [`hit`](Self::hit): once there is a copy,
    /// such a clone counts up nothing that other clients count.
    #[inline]
    pub fn own(&self) -> &Authenticator {
        self.own.as_ref().unwrap_or(&self.shared)
    }

    /// Puts the credential on a request if there is nothing else to do: the token is valid now, it is one header, and the
    /// request goes where it may go and has none of that name. `None` leaves the request as it was and says only that
    /// [`attach`](Self::attach) has to look at it.
    // Inline, as is what it calls: it is the whole of a hit.
    #[inline(always)]
    pub fn hit<B>(&mut self, request: &mut Request<B>) -> Option<Sent> {
        let generation = match &self.own {
            Some(authenticator) => authenticator.own_hit(request),
            None => self.shared_hit(request),
        };
        generation.map(|generation| Sent::With { generation })
    }

    /// The generation that it was a hit with.
    fn shared_hit<B>(&mut self, request: &mut Request<B>) -> Option<u64> {
        let Parts { cache, origins, .. } = &*self.shared.0;
        let hit = cache.hit(|snapshot| {
            let attached = attach::hit(&snapshot.headers, origins, request);
            if attached && mem::replace(&mut self.used, true) {
                self.own = Some(self.shared.with_own(snapshot));
            }
            attached.then_some(snapshot.generation)
        });
        hit.flatten()
    }

    /// [`Authenticator::attach`], for what was no [`hit`](Self::hit).
    ///
    /// # Errors
    /// As there.
    pub fn attach(&mut self, uri: &Uri, headers: &mut HeaderMap) -> Result<Attach, Error> {
        self.used = true;
        // Perhaps its token was replaced. If not, the next hit copies it once more.
        if self.own.as_ref().is_some_and(|own| !own.may_use_own()) {
            self.own = None;
        }
        self.shared.attach(uri, headers)
    }
}

impl Authenticator {
    #[inline(always)]
    fn own_hit<B>(&self, request: &mut Request<B>) -> Option<u64> {
        let Parts { cache, origins, own } = &*self.0;
        let own = own.as_ref()?;
        let attached = cache.is_quiet(&own.quiet) && attach::hit(&own.headers, origins, request);
        attached.then_some(own.generation)
    }

    fn may_use_own(&self) -> bool {
        self.0.own.as_ref().is_some_and(|own| self.0.cache.is_quiet(&own.quiet))
    }

    /// The same authenticator, with a copy of the headers for one client.
    #[cold]
    fn with_own(&self, snapshot: &Snapshot) -> Self {
        let own = Own {
            generation: snapshot.generation,
            headers: snapshot.headers.iter().map(|(name, value)| (copy_name(name), copy_value(value))).collect(),
            quiet: Arc::clone(&snapshot.quiet),
        };
        let Parts { cache, origins, .. } = &*self.0;
        Self(Arc::new(Parts { cache: Arc::clone(cache), origins: Arc::clone(origins), own: Some(own) }))
    }
}

/// The same name in memory of its own; if it can't be had, the shared one is as good, only slower.
fn copy_name(name: &HeaderName) -> HeaderName {
    HeaderName::from_bytes(name.as_str().as_bytes()).unwrap_or_else(|_| name.clone())
}

/// Likewise.
#[expect(
    clippy::redundant_clone,
    reason = "the first clone of bytes allocates their count: here, and not on the next hit"
)]
fn copy_value(value: &HeaderValue) -> HeaderValue {
    let bytes = Bytes::copy_from_slice(value.as_bytes());
    let mut copy = HeaderValue::from_maybe_shared(bytes.clone()).unwrap_or_else(|_| value.clone());
    copy.set_sensitive(true);
    copy
}

impl Clone for View {
    fn clone(&self) -> Self {
        Self::new(self.shared.clone())
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("authenticator", &self.shared).field("copied", &self.own.is_some()).finish()
    }
}

//! Source, cache, origins and transport in one: what everything else hands requests to.

mod acquire;
mod attach;
mod builder;
mod judge;
mod recover;
mod shutdown;
mod view;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use crate::cache::{Answer, Cache, Demand};
use crate::head::Head;
use crate::origins::{Origins, Permission};
use crate::target::Target;
use crate::{Error, Status, TokenSource};

pub use acquire::{Acquire, Credential};
pub use attach::{Sent, Without};
pub use builder::Builder;
pub use judge::Judgement;
pub use recover::{Recover, Recovery};
pub use shutdown::Shutdown;
use view::Own;
pub use view::View;

/// Keeps one credential usable, and puts it on requests that go to its own origins.
///
/// Cheap to clone; clones share everything. It is the only thing that adapters accept, so that a source can't be attached
/// without the cache, nor without saying where its tokens may go. Nothing runs until somebody asks for a token, and
/// nothing runs after the last clone is gone.
///
/// ```
/// use auth_core::{Authenticator, Token, source_fn};
///
/// # async fn example() -> Result<(), auth_core::Error> {
/// let source = source_fn(|_cx| async { Ok(Token::bearer("secret")) });
/// let auth = Authenticator::builder(source).for_origins(["https://api.example.com"]).build()?;
/// auth.warm_up().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Authenticator(Arc<Parts>);

/// One allocation, so that a clone, which every request takes, counts up once.
struct Parts {
    cache: Arc<Cache>,
    origins: Arc<Origins>,
    /// A copy of the headers that no other client uses; see [`View`].
    own: Option<Own>,
}

/// What became of a request that was to be authenticated.
#[derive(Debug)]
pub enum Attach {
    /// It can be sent.
    Ready(Sent),
    /// There is no token yet: wait, then call [`Authenticator::attach_credential`].
    Wait(Acquire),
}

impl Authenticator {
    /// Begins to build one around a source. Where its tokens may go is required:
    /// [`for_origins`](Builder::for_origins), [`for_endpoint`](Builder::for_endpoint),
    /// [`connection_bound`](Builder::connection_bound), or [`anywhere`](Builder::anywhere).
    pub fn builder(source: impl TokenSource) -> Builder {
        Builder::new(Arc::new(source))
    }

    /// One that attaches nothing, because nothing is needed (a sidecar adds the credential). Requests may go anywhere,
    /// over plain HTTP too.
    pub fn none_needed() -> Self {
        Builder::none_needed()
    }

    /// Puts the credential on a request if it is valid now and the request goes where it may go.
    ///
    /// A hit costs a pointer load, two clock reads and a header clone. If the caller's own header stands under a name
    /// that the credential writes, the request is left alone.
    ///
    /// # Errors
    /// [`InsecureTransport`](crate::ErrorKind::InsecureTransport) before any fetch if the request's origin is one of the
    /// credential's but neither https nor loopback; [`Misconfigured`](crate::ErrorKind::Misconfigured) if its URI has no
    /// authority and none was declared; or why there is no token. The request must then not be sent.
    #[inline]
    pub fn attach<'a>(&self, target: impl Into<Target<'a>>, headers: &mut HeaderMap) -> Result<Attach, Error> {
        let target = target.into();
        match self.0.cache.hit(|snapshot| attach::attach(snapshot, &self.0.origins, target, headers)) {
            Some(Ok(sent)) => Ok(Attach::Ready(sent)),
            Some(Err(error)) => Err(self.own(error)),
            None => self.attach_slowly(Demand::Valid, target, headers),
        }
    }

    /// Puts the credential on a request if there is nothing else to do: the token is valid now, it is one header, and the
    /// request goes where it may go and has none of that name. `None` leaves the request as it was and says only that
    /// [`attach`](Self::attach) has to look at it. An adapter that keeps something for each client has it from a [`View`].
    #[inline]
    pub fn hit(&self, request: &mut impl Head) -> Option<Sent> {
        let Parts { cache, origins, .. } = &*self.0;
        let hit = cache.hit(|snapshot| {
            attach::hit(&snapshot.headers, origins, request).then_some(Sent::With { generation: snapshot.generation })
        });
        hit.flatten()
    }

    /// As [`attach`](Self::attach), with a token newer than the present one, if one fetch can bring it. Within the pause
    /// after the last fetch (at most 30 s) the present one is used.
    ///
    /// # Errors
    /// As [`attach`](Self::attach).
    pub fn attach_fresh<'a>(&self, target: impl Into<Target<'a>>, headers: &mut HeaderMap) -> Result<Attach, Error> {
        self.attach_slowly(Demand::Fresh, target.into(), headers)
    }

    #[cold]
    fn attach_slowly(&self, demand: Demand, target: Target<'_>, headers: &mut HeaderMap) -> Result<Attach, Error> {
        if !self.0.cache.needs_nothing()
            && self.0.origins.check(target).map_err(|error| self.own(error))? == Permission::Other
        {
            return Ok(Attach::Ready(attach::other_origin(target)));
        }
        match self.0.cache.ask(demand) {
            Answer::Token(snapshot) => {
                self.attach_credential(&Credential(snapshot), target, headers).map(Attach::Ready)
            }
            Answer::Wait(flight) => Ok(Attach::Wait(Acquire::waiting(Arc::clone(&self.0.cache), demand, flight))),
            Answer::Fail(error) => Err(error),
        }
    }

    /// Puts a credential that was waited for on a request.
    ///
    /// # Errors
    /// As [`attach`](Self::attach).
    pub fn attach_credential<'a>(
        &self,
        credential: &Credential,
        target: impl Into<Target<'a>>,
        headers: &mut HeaderMap,
    ) -> Result<Sent, Error> {
        attach::attach(&credential.0, &self.0.origins, target.into(), headers).map_err(|error| self.own(error))
    }

    /// A valid token with at least `min_remaining` of life left, if one fetch can bring that; else the newest. With
    /// [`Duration::ZERO`] any valid token will do, at once if there is one.
    ///
    /// For uses other than a request's headers; it is the caller's business then where the token goes.
    ///
    /// # Errors
    /// The future fails if there is no valid token and none can be had. Dropping it cancels nothing: the fetch goes on for
    /// whoever comes next.
    pub fn token(&self, min_remaining: Duration) -> Acquire {
        let demand = if min_remaining.is_zero() { Demand::Valid } else { Demand::Remaining(min_remaining) };
        Acquire::asking(Arc::clone(&self.0.cache), demand)
    }

    /// Fetches the first token ahead of the first request, so that configuration errors show at the start. If there is a
    /// valid one, it does nothing.
    ///
    /// # Errors
    /// Why there is no token.
    pub async fn warm_up(&self) -> Result<(), Error> {
        self.token(Duration::ZERO).await.map(drop)
    }

    /// Forgets the present token, and failures and pauses with it, but not a `Retry-After`; the next caller fetches. For a
    /// token that is known to be revoked. A fetch that is under way counts as the next.
    pub fn invalidate(&self) {
        self.0.cache.invalidate();
    }

    /// Forgets failures that are being kept, so that the next caller tries at once. A `Retry-After` stays in force.
    pub fn retry_now(&self) {
        self.0.cache.retry_now();
    }

    /// What is known at this moment.
    pub fn status(&self) -> Status {
        Status::of(self.0.cache.report())
    }

    /// Closes: from this call on nothing new is started, and every request for a token gets
    /// [`Closed`](crate::ErrorKind::Closed). The future lets a fetch that is under way finish, so that a single-use input is
    /// not lost, and then forgets the token.
    ///
    /// It takes no longer than one acquisition (30 s, unless the source asked for more). If it is dropped, the fetch goes
    /// on until the last clone is dropped.
    pub fn shutdown(&self) -> Shutdown {
        Shutdown::new(Arc::clone(&self.0.cache))
    }

    /// The name it goes by in logs and errors.
    pub fn id(&self) -> &str {
        self.0.cache.id()
    }

    fn own(&self, error: Error) -> Error {
        error.with_source_if_none(self.0.cache.shared_id())
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator").field("id", &self.id()).field("status", &self.status()).finish_non_exhaustive()
    }
}

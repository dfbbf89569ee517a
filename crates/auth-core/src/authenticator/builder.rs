//! Putting an authenticator together.

use std::fmt;
use std::sync::Arc;

use super::Authenticator;
use crate::Transport;
use crate::cache::{Cache, Parts};
use crate::event::{Event, Listener};
use crate::origins::{Origin, Origins};
use crate::runtime::Runtime;
use crate::{Endpoint, Error, Policy, Token, TokenSource, source_fn};

/// Builds an [`Authenticator`]. Only where its tokens may go must be said.
pub struct Builder {
    source: Arc<dyn TokenSource>,
    origins: Option<Result<Origins, Error>>,
    id: Arc<str>,
    transport: Option<Arc<dyn Transport>>,
    policy: Policy,
    runtime: Option<Arc<dyn Runtime>>,
    listener: Option<Listener>,
}

impl Builder {
    pub(super) fn new(source: Arc<dyn TokenSource>) -> Self {
        Self {
            source,
            origins: None,
            id: Arc::from("auth"),
            transport: None,
            policy: Policy::default(),
            runtime: None,
            listener: None,
        }
    }

    pub(super) fn none_needed() -> Authenticator {
        let builder = Self::of_none_needed();
        builder.assemble(Origins::Irrelevant)
    }

    /// One that attaches nothing.
    pub(crate) fn of_none_needed() -> Self {
        let source = source_fn(|_cx| std::future::ready(Ok(Token::none_needed())));
        let builder = Self::new(Arc::new(source)).id("none needed");
        builder.said(Ok(Origins::Irrelevant))
    }

    /// Where tokens may go is said once: twice would mean that one of the two is not meant.
    fn said(mut self, origins: Result<Origins, Error>) -> Self {
        self.origins = Some(match self.origins {
            None => origins,
            Some(_) => Err(Error::misconfigured("where the token may go was said twice: choose one")),
        });
        self
    }

    /// The token goes to these origins and no others: `https://api.example.com`, with a port if it is not the scheme's
    /// own. Requests to other origins are sent without it. An http origin on another machine may be named, but attaching a
    /// token to a request there is an error.
    #[must_use]
    pub fn for_origins<I>(self, origins: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let origins: Result<Vec<_>, _> = origins.into_iter().map(|origin| Origin::parse(origin.as_ref())).collect();
        self.said(match origins {
            Ok(origins) if origins.is_empty() => Err(Error::misconfigured("for_origins was given no origin")),
            origins => origins.map(Origins::These),
        })
    }

    /// The token goes to the endpoint's origin and no other.
    #[must_use]
    pub fn for_endpoint(self, endpoint: &Endpoint) -> Self {
        self.said(Ok(Origins::These(vec![endpoint.origin().clone()])))
    }

    /// The token goes wherever requests go, as long as that is https or loopback; other requests are an error. Redirects
    /// included: prefer [`for_origins`](Self::for_origins).
    #[must_use]
    pub fn anywhere(self) -> Self {
        self.said(Ok(Origins::Anywhere))
    }

    /// The service below reaches this origin only, so a request whose URI has no authority goes there: a tonic `Channel`,
    /// or a router in the same process. A request whose URI does have one is checked like any other.
    #[must_use]
    pub fn connection_bound(self, origin: impl AsRef<str>) -> Self {
        self.said(Origin::parse(origin.as_ref()).map(Origins::Connection))
    }

    /// The name in logs and errors. Default: `auth`.
    #[must_use]
    pub fn id(mut self, id: impl AsRef<str>) -> Self {
        self.id = Arc::from(id.as_ref());
        self
    }

    /// How sources that fetch over HTTP send their requests. Default: none; such a source then says so.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// The engine's numbers. Default: [`Policy::default`].
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Where time, timers and tasks come from. Default: [`TokioRuntime`](crate::runtime::TokioRuntime).
    #[must_use]
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Some(Arc::new(runtime));
        self
    }

    /// Hears of every [`Event`]. Called without a lock held, on the task where it happens: keep it short. Default: none;
    /// events always go to `tracing`.
    #[must_use]
    pub fn listener(mut self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.listener = Some(Box::new(listener));
        self
    }

    /// The authenticator. Nothing is fetched yet; see [`Authenticator::warm_up`].
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if the origins are missing or wrong, or a number of the policy is.
    pub fn build(mut self) -> Result<Authenticator, Error> {
        let missing = || {
            Err(Error::misconfigured(
                "where the token may go was not said: call `.for_origins(..)`, `.for_endpoint(..)`, \
                 `.connection_bound(..)` or `.anywhere()` on the builder",
            ))
        };
        let origins = self.origins.take().unwrap_or_else(missing);
        match origins.and_then(|origins| self.policy.check().map(|()| origins)) {
            Ok(origins) => Ok(self.assemble(origins)),
            Err(error) => Err(error.with_source_if_none(&self.id)),
        }
    }

    fn assemble(self, origins: Origins) -> Authenticator {
        let cache = Cache::new(Parts {
            id: self.id,
            source: self.source,
            transport: self.transport,
            policy: self.policy,
            runtime: self.runtime,
            listener: self.listener,
        });
        Authenticator(Arc::new(super::Parts { cache: Arc::new(cache), origins: Arc::new(origins), own: None }))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("id", &self.id).field("policy", &self.policy).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_builder_shows_its_name_and_its_policy() {
        let source = crate::sources::StaticToken::new("t").unwrap();
        let shown = format!("{:?}", Builder::new(Arc::new(source)).id("orders"));
        assert!(shown.starts_with("Builder { id: "), "{shown}");
        assert!(shown.contains("orders") && shown.contains("policy: Policy"), "{shown}");
    }
}

//! Putting a client together.

use std::fmt;
use std::sync::Arc;

use auth_core::runtime::Runtime;
use auth_core::{Access, Authenticator, Error, Event, Policy, Transport};
use reqwest::Client;
use reqwest_middleware::{ClientBuilder, Middleware};

use super::client::Parts;
use super::witness::Witness;
use super::{ApiClient, Retries};
use crate::{AuthMiddleware, ReqwestTransport, api_client};

/// Builds an [`ApiClient`]. Nothing has to be said.
#[must_use = "a builder does nothing until it builds"]
pub struct ApiClientBuilder {
    access: Access,
    client: Option<Client>,
    outside: Vec<Arc<dyn Middleware>>,
    inside: Vec<Arc<dyn Middleware>>,
    retries: Retries,
    authenticator: Option<Authenticator>,
    /// What is said of the authenticator, in order.
    said: Vec<Said>,
    transport: Option<Arc<dyn Transport>>,
}

type Said = Box<dyn FnOnce(auth_core::Builder) -> auth_core::Builder + Send>;

impl ApiClientBuilder {
    pub(super) fn new(access: Access) -> Self {
        Self {
            access,
            client: None,
            outside: Vec::new(),
            inside: Vec::new(),
            retries: Retries::default(),
            authenticator: None,
            said: Vec::new(),
            transport: None,
        }
    }

    /// Sends requests with this client: for proxies, certificates, limits of time. Start from
    /// [`api_client`](crate::api_client): redirects are the client's own business, and an ordinary one takes the credential
    /// along to other hosts. Default: an `api_client()` as it is.
    pub fn client(mut self, client: Client) -> Self {
        self.client = Some(client);
        self
    }

    /// A middleware outside of the authentication, which sees a request without its credential, once for each try; the
    /// first that is added is the outermost. Retries need none.
    pub fn with(mut self, middleware: impl Middleware) -> Self {
        self.outside.push(Arc::new(middleware));
        self
    }

    /// A middleware inside of the authentication, which sees each sending with its credential: tracing of what is on the
    /// wire, or a test's server. It must not change the URL.
    pub fn with_inside(mut self, middleware: impl Middleware) -> Self {
        self.inside.push(Arc::new(middleware));
        self
    }

    /// What is repeated, and when. Default: [`Retries::default`].
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// How the source fetches its tokens. Default: a [`ReqwestTransport`].
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// The numbers of the engine that keeps the token. Default: [`Policy::default`].
    pub fn policy(self, policy: Policy) -> Self {
        self.say(|builder| builder.policy(policy))
    }

    /// Where time, timers and tasks come from, those of the retries as well. Default: tokio.
    pub fn runtime(self, runtime: impl Runtime) -> Self {
        self.say(|builder| builder.runtime(runtime))
    }

    /// Hears of every [`Event`] of the token's.
    pub fn listener(self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.say(|builder| builder.listener(listener))
    }

    /// An authenticator that is there already, so that clients share its token. It says where the token may go, and has its
    /// own transport, policy, runtime and listener: give none of these beside it.
    pub fn authenticator(mut self, authenticator: Authenticator) -> Self {
        self.authenticator = Some(authenticator);
        self
    }

    fn say(mut self, said: impl FnOnce(auth_core::Builder) -> auth_core::Builder + Send + 'static) -> Self {
        self.said.push(Box::new(said));
        self
    }

    /// The client. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`Misconfigured`](auth_core::ErrorKind::Misconfigured) if reqwest can't be set up, a number of the policy is wrong, or
    /// an authenticator was given and also what one is built with.
    ///
    /// # Panics
    /// As `reqwest::ClientBuilder::build` does: with reqwest's feature `rustls-no-provider`, if no provider was installed.
    pub fn build(self) -> Result<ApiClient, Error> {
        let authenticator = match self.authenticator {
            Some(_) if !self.said.is_empty() || self.transport.is_some() => {
                let message = "the client was given an authenticator, and also a policy, runtime, listener or transport: \
                               give those to the authenticator's builder";
                return Err(Error::misconfigured(message));
            }
            Some(authenticator) => authenticator,
            None => {
                let builder = self.said.into_iter().fold(self.access.builder(), |builder, say| say(builder));
                match self.transport {
                    Some(transport) => builder.transport(transport).build()?,
                    None => builder.transport(ReqwestTransport::new()?).build()?,
                }
            }
        };
        let client = match self.client {
            Some(client) => client,
            None => api_client().build().map_err(|_| {
                Error::misconfigured("reqwest can't be set up: look at its TLS features, certificates and proxies")
            })?,
        };
        let mut stack = ClientBuilder::new(client);
        for middleware in self.outside {
            stack = stack.with_arc(middleware);
        }
        stack = stack.with(AuthMiddleware::new(authenticator.clone())).with(Witness);
        for middleware in self.inside {
            stack = stack.with_arc(middleware);
        }
        let (client, access, retries) = (stack.build(), self.access, self.retries);
        Ok(ApiClient(Arc::new(Parts { client, access, authenticator, retries })))
    }
}

impl fmt::Debug for ApiClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiClientBuilder")
            .field("access", &self.access)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}

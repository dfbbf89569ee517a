//! Who you are at a system, and where it is.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::HeaderName;
use http::header::SEC_WEBSOCKET_PROTOCOL;

use crate::settings::{Explanation, Found, Provenance};
use crate::sources::placed::{Place, Placed};
use crate::sources::{StaticToken, TokenHandle};
use crate::{Authenticator, Builder, Context, Endpoint, Error, Exports, Identity, TokenSource, Transport};

/// What a system or a profile comes to: a source of tokens, the endpoint they are for, and what else requests say. Made
/// without an HTTP client; [`authenticator`](Access::authenticator) gives it one.
///
/// Either adapter takes it in one line: `auth_tower::AccessLayer::new(&access, transport)` and
/// `auth_reqwest::ApiClient::new(&access)`.
#[derive(Clone)]
pub struct Access {
    id: Cow<'static, str>,
    source: Option<Arc<dyn TokenSource>>,
    endpoint: Endpoint,
    context: Context,
    whoami: Option<Cow<'static, str>>,
    probe: Option<Cow<'static, str>>,
    account: Option<String>,
    /// The setting's name, and where its value came from.
    credential: Option<(String, Provenance)>,
    handle: Option<TokenHandle>,
    /// The one that WebSocket handshakes name in front of the token.
    subprotocol: Option<Cow<'static, str>>,
    explanation: Explanation,
    exports: Exports,
    exchange: Option<Identity>,
}

impl Access {
    /// Tokens of `source` for the API at `endpoint`; `id` is the name in logs and errors.
    pub fn new(id: impl Into<Cow<'static, str>>, source: impl TokenSource, endpoint: Endpoint) -> Self {
        Self::of(id.into(), Some(Arc::new(source)), endpoint)
    }

    /// No credential is needed: the platform adds it. Plain http is fine then, because nothing secret is attached.
    pub fn none_needed(id: impl Into<Cow<'static, str>>, endpoint: Endpoint) -> Self {
        Self::of(id.into(), None, endpoint)
    }

    /// A token that the program's user gave, for the API at `endpoint`. The access then has a
    /// [`token_handle`](Self::token_handle), and its errors say where the token came from.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if the value is no token; the message names its place.
    pub fn with_token(id: impl Into<Cow<'static, str>>, token: &Found, endpoint: Endpoint) -> Result<Self, Error> {
        let source = StaticToken::new(token.token()?)?;
        let handle = source.handle();
        Ok(Self::new(id, source, endpoint).with_credential(token).with_token_handle(handle))
    }

    fn of(id: Cow<'static, str>, source: Option<Arc<dyn TokenSource>>, endpoint: Endpoint) -> Self {
        let (context, explanation) = (Context::default(), Explanation::default());
        let exports = Exports::default();
        Self {
            id,
            source,
            endpoint,
            context,
            whoami: None,
            probe: None,
            account: None,
            credential: None,
            handle: None,
            subprotocol: None,
            explanation,
            exports,
            exchange: None,
        }
    }

    /// What requests say besides.
    #[must_use]
    pub fn with_context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// The same credential for another endpoint of the same system, such as its management API. **The token goes there from
    /// now on, and no longer to the endpoint before**: the program says so, so it has to know that host.
    #[must_use]
    pub fn with_endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// The same credential, raw in a header of its own in place of `Authorization`, as some gateways want it.
    #[must_use]
    pub fn in_header(self, name: HeaderName) -> Self {
        self.placed(Place::Header(name))
    }

    /// The subprotocol of the API's WebSockets, whose handshakes carry the credential behind it. See
    /// [`in_subprotocol`](Self::in_subprotocol).
    #[must_use]
    pub fn with_subprotocol(mut self, subprotocol: impl Into<Cow<'static, str>>) -> Self {
        self.subprotocol = Some(subprotocol.into());
        self
    }

    /// The same credential for the handshakes of the API's WebSockets: as the second subprotocol in place of `Authorization`,
    /// `Sec-WebSocket-Protocol: <subprotocol>, <token>`. It stays as it is if the API has [no such
    /// subprotocol](Self::subprotocol).
    #[must_use]
    pub fn in_subprotocol(self) -> Self {
        match &self.subprotocol {
            Some(subprotocol) => {
                let before = format!("{subprotocol}, ");
                self.placed(Place::Behind(SEC_WEBSOCKET_PROTOCOL, before.into()))
            }
            None => self,
        }
    }

    pub(crate) fn placed(mut self, place: Place) -> Self {
        self.exchange = self.exchange.map(|exchange| exchange.with("placed", format!("{place:?}")));
        self.source = self.source.map(|source| Arc::new(Placed { source, place }) as Arc<dyn TokenSource>);
        self
    }

    /// The path, below the endpoint, that says who one is.
    #[must_use]
    pub fn with_whoami(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.whoami = Some(path.into());
        self
    }

    /// A path below the endpoint, perhaps with a query, whose `GET` is answered to whoever has a good credential, and changes
    /// nothing: by it one sees whether the API takes the credential. Not needed where there is a [`whoami`](Self::whoami).
    #[must_use]
    pub fn with_probe(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.probe = Some(path.into());
        self
    }

    /// The account that it is about, at systems whose operations ask for one.
    #[must_use]
    pub fn with_account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// What the credential is and where it came from. Errors then say it, beside the id. Of the value nothing is kept.
    #[must_use]
    pub fn with_credential(mut self, credential: &Found) -> Self {
        self.credential = Some((credential.what().to_owned(), credential.provenance().clone()));
        self
    }

    /// What leads to a token beyond the settings in the [explanation](Self::explain) and the endpoint: files that the source reads by
    /// itself, say, or nothing ([`Identity::default`]). It says besides that the tokens are brought by an exchange: a credential is
    /// sent, and tokens that live for a while come back, so that it pays to keep them from one run of a program to the next
    /// (feature `store`). Without this call nothing is kept, as is right for a token that is given, and for a helper program that
    /// keeps its own.
    #[must_use]
    pub fn with_identity(mut self, beyond: Identity) -> Self {
        self.exchange = Some(beyond);
        self
    }

    /// The handle that replaces a token which the program's user renews.
    #[must_use]
    pub fn with_token_handle(mut self, handle: TokenHandle) -> Self {
        self.handle = Some(handle);
        self
    }

    /// Where its settings came from.
    #[must_use]
    pub fn with_explanation(mut self, explanation: Explanation) -> Self {
        self.explanation = explanation;
        self
    }

    /// The names under which the system's own clients look for the token and what belongs to it.
    #[must_use]
    pub fn with_exports(mut self, exports: Exports) -> Self {
        self.exports = exports;
        self
    }

    /// The name of the system or profile.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where the API is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What requests say besides.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The path that says who one is, if the system has one.
    pub fn whoami(&self) -> Option<&str> {
        self.whoami.as_deref()
    }

    /// The path whose `GET` shows whether the API takes the credential: the one that says who one is, else the
    /// [probe](Self::with_probe) of the system, if it has one.
    pub fn probe(&self) -> Option<&str> {
        self.whoami.as_deref().or(self.probe.as_deref())
    }

    /// The account that it is about, if one is configured.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The subprotocol of the API's WebSockets, if their handshakes carry the credential behind it.
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// Whether requests carry no credential.
    pub fn is_none_needed(&self) -> bool {
        self.source.is_none()
    }

    /// Everything that leads to its tokens, if they are [such as are kept](Self::with_identity): the settings and the endpoint, too.
    pub fn identity(&self) -> Option<Identity> {
        let beyond = self.exchange.as_ref()?;
        let identity = Identity::new(&self.id).with("endpoint", self.endpoint.to_string());
        Some(identity.and(self.explanation.identity()).and(beyond))
    }

    /// The same access with another source in place of its own.
    #[cfg(feature = "store")]
    pub(crate) fn over(mut self, wrap: impl FnOnce(Arc<dyn TokenSource>) -> Arc<dyn TokenSource>) -> Self {
        self.source = self.source.map(wrap);
        self
    }

    /// Where the credential came from.
    pub fn credential(&self) -> Option<&Provenance> {
        self.credential.as_ref().map(|(_, place)| place)
    }

    /// What the credential is: the name of its setting, such as `token` or `api_key`.
    pub fn credential_name(&self) -> Option<&str> {
        self.credential.as_ref().map(|(name, _)| name.as_str())
    }

    /// Replaces the token, if it is one that the program's user renews; `None` if tokens are fetched.
    pub fn token_handle(&self) -> Option<&TokenHandle> {
        self.handle.as_ref()
    }

    /// What a program that is started with this credential finds in its environment: `AUTHCTL_TOKEN` and its like, and what the
    /// system's own clients read.
    pub fn exports(&self) -> Exports {
        Exports::for_all(self.endpoint.to_string(), &self.exports)
    }

    /// Where its settings came from. Holds no secret.
    pub fn explain(&self) -> &Explanation {
        &self.explanation
    }

    /// The source of its tokens; none if none is needed.
    pub fn source(&self) -> Option<&Arc<dyn TokenSource>> {
        self.source.as_ref()
    }

    /// An authenticator whose source sends its requests by `transport`.
    ///
    /// # Errors
    /// As [`Builder::build`].
    pub fn authenticator(&self, transport: impl Transport) -> Result<Authenticator, Error> {
        self.builder().transport(transport).build()
    }

    /// The same, to be changed: a policy, a listener, a runtime.
    pub fn builder(&self) -> Builder {
        let builder = match &self.source {
            Some(source) => Authenticator::builder(Arc::clone(source)).for_endpoint(&self.endpoint),
            None => Builder::of_none_needed(),
        };
        match &self.credential {
            Some((_, place)) => builder.id(format!("{}, {place}", self.id)),
            None => builder.id(&self.id),
        }
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("id", &self.id)
            .field("endpoint", &self.endpoint)
            .field("is_none_needed", &self.is_none_needed())
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

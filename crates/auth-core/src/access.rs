//! Who you are at a system, and where it is.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::settings::Explanation;
use crate::{Authenticator, Builder, Context, Endpoint, Error, TokenSource, Transport};

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
    explanation: Explanation,
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

    fn of(id: Cow<'static, str>, source: Option<Arc<dyn TokenSource>>, endpoint: Endpoint) -> Self {
        let (context, explanation) = (Context::default(), Explanation::default());
        Self { id, source, endpoint, context, whoami: None, explanation }
    }

    /// What requests say besides.
    #[must_use]
    pub fn with_context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// The path, below the endpoint, that says who one is.
    #[must_use]
    pub fn with_whoami(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.whoami = Some(path.into());
        self
    }

    /// Where its settings came from.
    #[must_use]
    pub fn with_explanation(mut self, explanation: Explanation) -> Self {
        self.explanation = explanation;
        self
    }

    /// The name in logs and errors.
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

    /// Whether requests carry no credential.
    pub fn is_none_needed(&self) -> bool {
        self.source.is_none()
    }

    /// Where its settings came from. Holds no secret.
    pub fn explain(&self) -> &Explanation {
        &self.explanation
    }

    /// The source of its tokens; none if none is needed.
    pub(crate) fn source(&self) -> Option<&Arc<dyn TokenSource>> {
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
        builder.id(&self.id)
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

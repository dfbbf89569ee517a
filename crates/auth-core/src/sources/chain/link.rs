//! One source of a chain.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::settings::{Explanation, shown};
use crate::{Access, Endpoint, Error, FetchContext, Token, TokenSource};

/// One source of a [`Chain`](super::Chain), under a name. A source that could not even be made, because a setting is missing,
/// is a link too: so that the chain can say why it is not used.
#[derive(Clone)]
pub struct Link {
    pub(super) name: Cow<'static, str>,
    pub(super) source: Result<Arc<dyn TokenSource>, Error>,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) explanation: Explanation,
    pub(super) probe: Option<Duration>,
}

impl Link {
    /// How long a link that has to be [found](Self::probe_first) may take to answer for the first time. A metadata service is on
    /// the machine or next to it, and answers in milliseconds; where there is none, packets vanish.
    pub const PROBE: Duration = Duration::from_secs(1);

    /// A source. `name` is what errors, explanations and `AUTHCTL_SOURCE` call it.
    pub fn new(name: impl Into<Cow<'static, str>>, source: impl TokenSource) -> Self {
        Self::from_result(name, Ok(source))
    }

    /// A source that is made from settings, or why it could not be: [`Unavailable`](crate::ErrorKind::Unavailable) is not
    /// configured, any other kind is configured and broken.
    pub fn from_result<S: TokenSource>(name: impl Into<Cow<'static, str>>, source: Result<S, Error>) -> Self {
        let source = source.map(|source| Arc::new(source) as Arc<dyn TokenSource>);
        Self { name: name.into(), source, endpoint: None, explanation: Explanation::default(), probe: None }
    }

    /// The source of a system or profile, with what it explains; or why there is none. Links of one chain that have an
    /// endpoint have the same: a token for one API is not for another.
    pub fn from_access(name: impl Into<Cow<'static, str>>, access: Result<Access, Error>) -> Self {
        let endpoint = access.as_ref().ok().map(|access| access.endpoint().clone());
        let explanation = access.as_ref().map(|access| access.explain().clone()).unwrap_or_default();
        let source = access.map(|access| access.source().map_or_else(|| Arc::new(NoneNeeded) as _, Arc::clone));
        Self { name: name.into(), source, endpoint, explanation, probe: None }
    }

    /// Says where its settings came from, for the chain's explanation.
    #[must_use]
    pub fn with_explanation(mut self, explanation: Explanation) -> Self {
        self.explanation = explanation;
        self
    }

    /// Whether it is there has to be found out by asking: a metadata service. Until the link has brought its first token, it
    /// counts as not configured if nobody answers its first request within [`PROBE`](Self::PROBE), or nobody is reached; that
    /// is remembered for [`Chain::REMEMBERED`](super::Chain::REMEMBERED). Once somebody has answered it may take its time.
    #[must_use]
    pub fn probe_first(mut self) -> Self {
        self.probe = Some(Self::PROBE);
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name as messages show it.
    pub(super) fn shown(&self) -> String {
        shown(self.name.as_ref().as_ref()).chars().take(40).collect()
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("name", &self.name)
            .field("error", &self.source.as_ref().err())
            .finish_non_exhaustive()
    }
}

/// The source of an access that needs no credential.
struct NoneNeeded;

#[async_trait]
impl TokenSource for NoneNeeded {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        Ok(Token::none_needed())
    }
}

//! Which requests can be sent a second time.

use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, Method};
use reqwest::Request;

type Predicate = Arc<dyn Fn(&Method, &HeaderMap) -> bool + Send + Sync>;

/// A 401 says that the request was not applied (RFC 9110 section 15.5.2), so the method does not matter; what matters is
/// that the body is still there.
#[derive(Clone)]
pub(crate) enum Replay {
    /// Those with no body, or one of bytes.
    Clonable,
    /// Of these, those that all of the predicates allow.
    OnlyIf(Vec<Predicate>),
    Never,
}

impl Replay {
    pub(crate) fn only_if(self, predicate: impl Fn(&Method, &HeaderMap) -> bool + Send + Sync + 'static) -> Self {
        let mut predicates = match self {
            Self::Never => return Self::Never,
            Self::Clonable => Vec::new(),
            Self::OnlyIf(predicates) => predicates,
        };
        predicates.push(Arc::new(predicate));
        Self::OnlyIf(predicates)
    }

    /// A copy to be sent later, or `None` if the request passes once.
    pub(crate) fn copy(&self, request: &Request) -> Option<Request> {
        let allowed = match self {
            Self::Never => false,
            Self::Clonable => true,
            Self::OnlyIf(all) => all.iter().all(|allows| allows(request.method(), request.headers())),
        };
        allowed.then(|| request.try_clone()).flatten()
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Never => "Never",
            Self::Clonable => "Clonable",
            Self::OnlyIf(_) => "OnlyIf",
        })
    }
}

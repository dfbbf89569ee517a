//! Why there is no token in the answer.

use std::time::Duration;

use auth_core::{Error, ErrorKind};
use http::StatusCode;

/// Why a page gets no token, in terms of what it is told.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Another name leads to this port: DNS rebinding, or a name that the program does not know.
    UnknownHost,
    /// A page of another origin.
    ForeignOrigin,
    /// A browser that navigates, or loads an image or a script.
    NoFetch,
    Method,
    NoSession,
    /// Whoever checks sessions says no to this one.
    SessionForbidden,
    /// Whoever checks sessions answers something that is neither yes nor no.
    SessionUnclear(u16),
    /// Whoever checks sessions does not answer.
    SessionUnchecked(Error),
    Busy,
    NoToken(Error),
    /// It has no known end, or one that is too far away.
    NotShortLived(Error),
}

/// How long to leave alone what is busy, or does not answer and did not say.
const PAUSE: Duration = Duration::from_secs(1);

impl Refusal {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::UnknownHost => StatusCode::MISDIRECTED_REQUEST,
            Self::ForeignOrigin | Self::NoFetch | Self::SessionForbidden => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoSession => StatusCode::UNAUTHORIZED,
            Self::SessionUnclear(_) => StatusCode::BAD_GATEWAY,
            Self::SessionUnchecked(_) | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoToken(error) if may_work_later(error) => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoToken(_) | Self::NotShortLived(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The `error` of the answer, and what it says to whoever writes the page. Nothing of the program's own errors: they
    /// name files and settings, which are not the page's business.
    pub(super) fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::UnknownHost => ("unknown_host", "this server does not go by that name"),
            Self::ForeignOrigin => ("origin_not_allowed", "pages of this origin get no token"),
            Self::NoFetch => ("not_a_fetch", "a token is for a script that fetches it, with CORS"),
            Self::Method => ("method_not_allowed", "ask with GET or POST"),
            Self::NoSession => ("no_session", "there is no session, or it is not accepted"),
            Self::SessionForbidden => ("session_forbidden", "this session gets no token"),
            Self::SessionUnclear(_) => ("session_check_failed", "the session could not be checked"),
            Self::SessionUnchecked(_) => ("session_check_unavailable", "the session can't be checked at the moment"),
            Self::Busy => ("busy", "too many ask at the same time"),
            Self::NoToken(error) if may_work_later(error) => ("token_unavailable", "there is no token at the moment"),
            Self::NoToken(_) => ("no_token", "there is no token, and whoever runs this server has to see to it"),
            Self::NotShortLived(_) => ("not_short_lived", "the token is not one that a page may have"),
        }
    }

    /// How long to wait before asking again, where that may help.
    pub(super) fn retry_after(&self, now: std::time::SystemTime) -> Option<Duration> {
        match self {
            Self::Busy | Self::SessionUnchecked(_) => Some(PAUSE),
            Self::NoToken(error) if may_work_later(error) => {
                let pause = error.retry_at().and_then(|at| at.duration_since(now).ok()).or(error.retry_after());
                Some(pause.unwrap_or(PAUSE).max(PAUSE))
            }
            _ => None,
        }
    }

    /// What the program's log should say and the page is not told.
    pub(super) fn into_error(self) -> Option<Error> {
        match self {
            Self::SessionUnchecked(error) | Self::NoToken(error) | Self::NotShortLived(error) => Some(error),
            Self::SessionUnclear(status) => {
                let message = "the forward-auth URL answered neither 2xx nor 401 nor 403 (a redirect is not followed)";
                Some(Error::misconfigured(message).with_status(status))
            }
            _ => None,
        }
    }
}

fn may_work_later(error: &Error) -> bool {
    error.is_transient() || error.kind() == ErrorKind::Closed
}

//! What a source brings back: a secret, how long it lasts, and how it goes on a request.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue, header::AUTHORIZATION};

use crate::{Error, ErrorKind, Secret};

/// A credential as a [`TokenSource`](crate::TokenSource) returns it.
///
/// Say how it goes on a request ([`bearer`](Token::bearer), [`with_scheme`](Token::with_scheme),
/// [`in_header`](Token::in_header), or [`none_needed`](Token::none_needed)), then what is known of its life. What is
/// not stated is found out: a JWT's own `exp` is read, and a token that says nothing is used until it is answered 401.
///
/// ```
/// use auth_core::Token;
/// use std::time::Duration;
///
/// let token = Token::bearer("opaque").expires_in(Duration::from_secs(3600));
/// # let _ = token;
/// ```
#[derive(Clone, Debug)]
pub struct Token {
    placement: Placement,
    extra: Vec<(HeaderName, Secret)>,
    pub(crate) terms: Terms,
}

/// Where the secret goes.
#[derive(Clone, Debug)]
pub(crate) enum Placement {
    Authorization { scheme: Cow<'static, str>, secret: Secret },
    Header { name: HeaderName, secret: Secret },
    NoneNeeded,
}

/// What is known of a token's life, before the engine's rules have been applied.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) stated: Option<Stated>,
    pub(crate) found: bool,
    pub(crate) refresh_in: Option<Duration>,
    pub(crate) refresh_lead_max: Option<Duration>,
    pub(crate) recheck: Option<Duration>,
    pub(crate) default_lifetime: Option<Duration>,
    /// Whether what is `stated` was said by nobody: it was a default lifetime when the token was new.
    pub(crate) assumed: bool,
    pub(crate) server_time: Option<SystemTime>,
}

/// A lifetime as the issuer stated it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stated {
    /// Counted from the moment before the request was sent.
    In(Duration),
    /// An absolute end on the issuer's clock.
    At(SystemTime),
}

impl Token {
    fn placed(placement: Placement) -> Self {
        Self { placement, extra: Vec::new(), terms: Terms::default() }
    }

    /// `Authorization: Bearer <token>` (RFC 6750 section 2.1). An empty token, or one with characters that can't stand in a
    /// header, is an error when it is fetched; nothing else is checked.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self::with_scheme("Bearer", token)
    }

    /// `Authorization: <scheme> <token>` (RFC 9110 section 11.6.2), for schemes other than Bearer.
    pub fn with_scheme(scheme: impl Into<Cow<'static, str>>, token: impl Into<Secret>) -> Self {
        Self::placed(Placement::Authorization { scheme: scheme.into(), secret: token.into() })
    }

    /// The raw secret in a header of its own, such as `x-api-key`.
    pub fn in_header(name: HeaderName, token: impl Into<Secret>) -> Self {
        Self::placed(Placement::Header { name, secret: token.into() })
    }

    /// The same token, raw in the header `name`; one that attaches nothing stays that.
    pub(crate) fn moved_to(mut self, name: HeaderName) -> Self {
        self.placement = match self.placement {
            Placement::Authorization { secret, .. } | Placement::Header { secret, .. } => {
                Placement::Header { name, secret }
            }
            Placement::NoneNeeded => Placement::NoneNeeded,
        };
        self
    }

    /// The same token with this scheme; one that attaches nothing stays that.
    pub(crate) fn schemed(mut self, scheme: String) -> Self {
        self.placement = match self.placement {
            Placement::Authorization { secret, .. } | Placement::Header { secret, .. } => {
                Placement::Authorization { scheme: scheme.into(), secret }
            }
            Placement::NoneNeeded => Placement::NoneNeeded,
        };
        self
    }

    /// Nothing is attached, because somebody else does it (a sidecar, mutual TLS). It never expires.
    ///
    /// If that is known from the start, use [`Authenticator::none_needed`](crate::Authenticator::none_needed). A source that
    /// finds it out sends to plain-http addresses only after the first token is there: call
    /// [`warm_up`](crate::Authenticator::warm_up) first.
    pub fn none_needed() -> Self {
        Self::placed(Placement::NoneNeeded)
    }

    /// Attaches one more header with every request, beside the token: a project id, a second key. Treated as a secret.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: impl Into<Secret>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    /// The same token in another header, in another form, with the same life; one that attaches nothing stays that.
    pub(crate) fn rewritten(mut self, name: HeaderName, form: impl FnOnce(&str) -> String) -> Self {
        let Some(secret) = self.secret().cloned() else { return self };
        // In another form it can't be read any more.
        let own_end = crate::jwt::times(secret.expose()).map(|times| Stated::At(times.exp));
        self.terms.stated = self.terms.stated.or(own_end);
        let secret = Secret::new(form(secret.expose()));
        self.placement = Placement::Header { name, secret };
        self
    }

    /// The lifetime as of the moment the request for it was sent, like `expires_in` (RFC 6749 section 5.1).
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.terms.stated = Some(Stated::In(lifetime));
        self
    }

    /// The absolute end, on the issuer's clock. Prefer [`expires_in`](Token::expires_in) where the issuer says both: a
    /// relative lifetime does not depend on two clocks agreeing.
    #[must_use]
    pub fn expires_at(mut self, end: SystemTime) -> Self {
        self.terms.stated = Some(Stated::At(end));
        self
    }

    /// The issuer's own clock when it answered (the `Date` header). It replaces ours where an absolute end, or the `exp`
    /// of a JWT minted by this exchange, becomes a lifetime; a skewed local clock then does no harm.
    #[must_use]
    pub fn server_time(mut self, now: SystemTime) -> Self {
        self.terms.server_time = Some(now);
        self
    }

    /// This token was found (a file, a variable, a metadata service), not minted by the request just made. Its life is
    /// measured to its own absolute end, and reading it again does not make it younger. Default: minted.
    #[must_use]
    pub fn found(mut self) -> Self {
        self.terms.found = true;
        self
    }

    /// The issuer's advice when to refresh, counted like [`expires_in`](Token::expires_in) (`refresh_in` of Entra ID).
    #[must_use]
    pub fn refresh_in(mut self, after: Duration) -> Self {
        self.terms.refresh_in = Some(after);
        self
    }

    /// Refresh at most this long before the end. For metadata services that serve their cached token until a few
    /// minutes before its end (225 s), where asking earlier brings the same token again. Default: no cap of its own.
    #[must_use]
    pub fn refresh_lead_max(mut self, lead: Duration) -> Self {
        self.terms.refresh_lead_max = Some(lead);
        self
    }

    /// Look at the source again, in line, when the token is this old: for local reads that cost next to nothing (a
    /// mounted file that is rotated). The token stays valid meanwhile. Default: never.
    #[must_use]
    pub fn recheck(mut self, every: Duration) -> Self {
        self.terms.recheck = Some(every);
        self
    }

    /// The lifetime to assume if neither the issuer nor the token itself states one. Default: none, which means that
    /// nothing is refreshed by time and a 401 drives it.
    #[must_use]
    pub fn default_lifetime(mut self, lifetime: Duration) -> Self {
        self.terms.default_lifetime = Some(lifetime);
        self
    }

    /// The secret, or `None` if nothing is attached.
    pub fn secret(&self) -> Option<&Secret> {
        match &self.placement {
            Placement::Authorization { secret, .. } | Placement::Header { secret, .. } => Some(secret),
            Placement::NoneNeeded => None,
        }
    }

    /// Where the secret goes.
    #[cfg(feature = "store")]
    pub(crate) fn placement(&self) -> &Placement {
        &self.placement
    }

    /// The headers beside it.
    #[cfg(feature = "store")]
    pub(crate) fn extra(&self) -> &[(HeaderName, Secret)] {
        &self.extra
    }

    /// Whether a request needs nothing from this token.
    pub fn is_none_needed(&self) -> bool {
        matches!(self.placement, Placement::NoneNeeded) && self.extra.is_empty()
    }

    /// Whether both would put the same headers on a request.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        let same_secret = match (&self.placement, &other.placement) {
            (Placement::Authorization { scheme: a, secret: x }, Placement::Authorization { scheme: b, secret: y }) => {
                a == b && x.same_as(y)
            }
            (Placement::Header { name: a, secret: x }, Placement::Header { name: b, secret: y }) => {
                a == b && x.same_as(y)
            }
            (Placement::NoneNeeded, Placement::NoneNeeded) => true,
            _ => false,
        };
        same_secret
            && self.extra.len() == other.extra.len()
            && self.extra.iter().zip(&other.extra).all(|((a, x), (b, y))| a == b && x.same_as(y))
    }

    /// The headers to attach, each marked sensitive. Rendered once per token, with one exact allocation each.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] if a value can't stand in a header, [`ErrorKind::Misconfigured`] if two go by one name; the
    /// message names the header, not the value.
    pub(crate) fn render(&self) -> Result<Vec<(HeaderName, HeaderValue)>, Error> {
        let first = match &self.placement {
            Placement::Authorization { scheme, secret } => {
                Some((&AUTHORIZATION, header_value(&AUTHORIZATION, &[scheme, " ", secret.expose()])?))
            }
            Placement::Header { name, secret } => Some((name, header_value(name, &[secret.expose()])?)),
            Placement::NoneNeeded => None,
        };
        let mut headers = Vec::with_capacity(usize::from(first.is_some()) + self.extra.len());
        headers.extend(first.map(|(name, value)| (name.clone(), value)));
        for (name, secret) in &self.extra {
            if headers.iter().any(|(taken, _)| taken == name) {
                let message = format!("the source writes the header {name} twice: give each header one value");
                return Err(Error::new(ErrorKind::Misconfigured, message));
            }
            headers.push((name.clone(), header_value(name, &[secret.expose()])?));
        }
        Ok(headers)
    }
}

fn header_value(name: &HeaderName, parts: &[&str]) -> Result<HeaderValue, Error> {
    if parts.last().is_none_or(|secret| secret.is_empty()) {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("the source brought an empty value for the header {name}"),
        ));
    }
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        bytes.extend_from_slice(part.as_bytes());
    }
    // `http` accepts obs-text (0x80-0xff) and tabs; servers disagree on them, so a credential keeps to visible ASCII.
    let visible = bytes.iter().all(|byte| matches!(byte, 0x20..=0x7e));
    match HeaderValue::from_maybe_shared(bytes::Bytes::from(bytes)) {
        Ok(mut value) if visible => {
            value.set_sensitive(true);
            Ok(value)
        }
        _ => Err(Error::new(
            ErrorKind::Malformed,
            format!("the value for the header {name} has characters that can't stand in a header"),
        )),
    }
}

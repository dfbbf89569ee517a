//! A JWT that a person was given, looked at before a request is wasted on it.

mod claims;

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::{StaticToken, TokenHandle};
use crate::{Error, ErrorKind, FetchContext, Secret, Token, TokenSource};
use claims::{Claims, Unreadable};

/// Clocks differ, and a token may be used the second it was made.
const LEEWAY: Duration = Duration::from_secs(30);

/// A personal access token: a JWT that somebody was shown once and put into an argument, a variable or a file.
///
/// Its claims are read without verifying them, which only its API can do, and what would be a request in vain is an error
/// that says why: a `nbf` still to come, an `exp` that has passed, another `aud` (RFC 7519 section 4.1). Without an `exp` it
/// never expires. For tokens that are not JWTs, or are nobody's business, use [`StaticToken`].
///
/// ```
/// use auth_core::sources::{EnvToken, PersonalToken};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let given = PersonalToken::new("eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOlsiY2FwZS1hcGkiXX0.c2ln")?.audience("cape-api");
/// let handle = given.handle();
/// let from_a_variable = PersonalToken::from_source(EnvToken::new("CAPE_TOKEN")).audience("cape-api");
/// # let _: (&dyn auth_core::TokenSource, &dyn auth_core::TokenSource) = (&given, &from_a_variable);
/// # let _ = handle;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PersonalToken<S = StaticToken> {
    inner: S,
    audience: Option<Cow<'static, str>>,
    leeway: Duration,
    opaque: bool,
}

impl PersonalToken {
    /// A token that is given. White space at its ends is stripped.
    ///
    /// # Errors
    /// As [`StaticToken::new`]. Its claims are looked at when it is needed, since that depends on the time.
    pub fn new(token: impl Into<Secret>) -> Result<Self, Error> {
        StaticToken::new(token).map(Self::from_source)
    }

    /// A handle that replaces the token later.
    pub fn handle(&self) -> TokenHandle {
        self.inner.handle()
    }
}

impl<S: TokenSource> PersonalToken<S> {
    /// The tokens of another source, such as a file's or a variable's, looked at in the same way.
    pub fn from_source(source: S) -> Self {
        Self { inner: source, audience: None, leeway: LEEWAY, opaque: false }
    }

    /// Whom it must be for: one of its `aud` has to be exactly this. Default: anybody.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<Cow<'static, str>>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// How far in the future its `nbf` may be, for clocks that differ. Default: 30 s. Its `exp` has none: a token that has
    /// ended by this clock is as good as over by any.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Lets a token pass that is no JWT, unread. Default: it is an error, usually a token that was cut or of another system.
    #[must_use]
    pub fn allow_opaque(mut self) -> Self {
        self.opaque = true;
        self
    }

    fn check(&self, token: &str, now: SystemTime) -> Result<(), Error> {
        let claims = match claims::read(token) {
            Ok(claims) => claims,
            Err(Unreadable::Opaque) if self.opaque => return Ok(()),
            Err(reason) => return Err(Error::misconfigured(unreadable(reason))),
        };
        check_times(&claims, now, self.leeway)?;
        match &self.audience {
            Some(audience) => check_audience(&claims, audience),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl<S: TokenSource> TokenSource for PersonalToken<S> {
    /// # Errors
    /// Those of the source the token is from; [`Misconfigured`](ErrorKind::Misconfigured) for a token that is not valid yet,
    /// for another audience or none at all; [`ExpiredOnArrival`](ErrorKind::ExpiredOnArrival) for one that has expired.
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let token = self.inner.fetch(cx).await?;
        match token.secret() {
            Some(secret) => self.check(secret.expose(), cx.now().wall())?,
            None => return Err(Error::misconfigured("a personal access token is wanted, and the source brings none")),
        }
        Ok(token)
    }
}

fn unreadable(reason: Unreadable) -> String {
    match reason {
        Unreadable::Opaque => {
            "the personal access token is no JWT: it was cut, or belongs to another system".to_owned()
        }
        Unreadable::Damaged => {
            "the personal access token is a JWT whose claims can't be read: paste all of it".to_owned()
        }
        Unreadable::Claim(name) => format!("the personal access token's `{name}` is given twice or of a wrong type"),
    }
}

fn check_times(claims: &Claims, now: SystemTime, leeway: Duration) -> Result<(), Error> {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let has_come = |second: i64, by: Duration| second <= i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
    if let Some(exp) = claims.exp.filter(|exp| has_come(*exp, now)) {
        let message = format!("the personal access token expired at {}: create another one", date(exp));
        return Err(Error::new(ErrorKind::ExpiredOnArrival, message));
    }
    if let Some(nbf) = claims.nbf.filter(|nbf| !has_come(*nbf, now.saturating_add(leeway))) {
        let message =
            format!("the personal access token is not yet valid until {}: check this machine's clock", date(nbf));
        return Err(Error::misconfigured(message));
    }
    Ok(())
}

fn check_audience(claims: &Claims, wanted: &str) -> Result<(), Error> {
    if claims.aud.iter().any(|audience| audience == wanted) {
        return Ok(());
    }
    let wanted = shown(wanted);
    Err(Error::misconfigured(if claims.aud.is_empty() {
        format!("the personal access token does not say that it is for {wanted}: it has no audience")
    } else {
        let audience = shown(&claims.aud.join(", "));
        format!("the personal access token is for another audience ({audience}): one for {wanted} is needed")
    }))
}

/// RFC 3339, in UTC.
fn date(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| "an unknown time".to_owned(), |time| format!("{time:.0}"))
}

/// An audience as an error shows it: visible characters, and not many.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let visible = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { char::REPLACEMENT_CHARACTER };
    let mut shown: String = text.chars().take(LONGEST).map(visible).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;

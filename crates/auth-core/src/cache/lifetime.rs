//! How long a token lasts, from what its issuer, it itself, and its source say.

use std::time::{Duration, SystemTime};

use crate::jwt;
use crate::runtime::Moment;
use crate::token::{Stated, Token};

/// A token's lifetime, counted from the start of the attempt that brought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lifetime {
    /// `None`: nobody knows; no refresh by time.
    pub(crate) length: Option<Duration>,
    /// Whether it was stated as an absolute end, so that seeing the same token again can move the end.
    pub(crate) absolute: bool,
}

/// Applies the order of precedence: a relative lifetime, an absolute end, a JWT's own `exp`, the source's default.
pub(crate) fn of(token: &Token, started: Moment, max: Duration) -> Lifetime {
    let terms = &token.terms;
    let wall = started.wall();
    let issuer_now = if terms.found { wall } else { terms.server_time.unwrap_or(wall) };
    let until = |end: SystemTime| end.duration_since(issuer_now).unwrap_or_default();
    let relative = |length| Lifetime { length: Some(length), absolute: false };
    let absolute = |length| Lifetime { length: Some(length), absolute: true };

    let lifetime = match terms.stated {
        Some(Stated::In(length)) => relative(length),
        Some(Stated::At(end)) => absolute(until(end)),
        None => match token.secret().and_then(|secret| jwt::times(secret.expose())) {
            Some(times) => {
                // A minted token can't have more life than its whole life, whatever the clocks say.
                let whole = times.iat.filter(|_| !terms.found).and_then(|iat| times.exp.duration_since(iat).ok());
                let left = until(times.exp);
                absolute(whole.map_or(left, |whole| whole.min(left)))
            }
            None => Lifetime { length: terms.default_lifetime, absolute: false },
        },
    };
    Lifetime { length: lifetime.length.map(|length| length.min(max)), ..lifetime }
}

/// Whether the issuer or the token itself says how long it lasts.
pub(crate) fn is_stated(token: &Token) -> bool {
    let says_itself = || token.secret().is_some_and(|secret| jwt::times(secret.expose()).is_some());
    !token.terms.assumed && (token.terms.stated.is_some() || says_itself())
}

/// What to say about a token that arrives with no life left: when it ended, and what would help.
pub(crate) fn why_over(token: &Token, lifetime: Lifetime, margin: Duration) -> Option<String> {
    let length = lifetime.length?;
    if !length.is_zero() {
        return (length <= margin).then(|| {
            format!("the token lives for {length:?} only, and policy.expiry_margin ({margin:?}) leaves nothing of that")
        });
    }
    let end = match token.terms.stated {
        Some(Stated::At(end)) => Some(end),
        Some(Stated::In(_)) => None,
        None => token.secret().and_then(|secret| jwt::times(secret.expose())).map(|times| times.exp),
    };
    let end = end.and_then(|end| jiff::Timestamp::try_from(end).ok());
    Some(match (end, token.terms.found) {
        (Some(end), true) => format!(
            "the token expired at {end:.0}: replace it where it was found, or use a source that fetches its own (an API \
             key, a token file that is rotated)"
        ),
        (Some(end), false) => format!("the issuer's token had already expired at {end:.0}: check this machine's clock"),
        (None, _) => "the issuer gave the token no life at all (expires_in)".to_owned(),
    })
}

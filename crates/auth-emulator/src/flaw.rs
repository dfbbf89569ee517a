//! What can be wrong inside a token answer that looks like success.

use std::fmt;

use serde_json::{Map, Value};

/// What is wrong with a token answer of status 200 (RFC 6749, section 5.1). Queue it in
/// [`Emulator::token_flaws`](crate::Emulator::token_flaws).
///
/// `Debug` prints the names of members, not their values.
///
/// ```
/// use auth_emulator::Flaw;
///
/// let text = Flaw::expires_in("3600");
/// let lifeless = Flaw::without_expires_in().and(Flaw::Without("expiration"));
/// # let _ = (text, lifeless);
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Flaw {
    /// A member has this value instead.
    With(&'static str, Value),
    /// A member is missing.
    Without(&'static str),
    /// The newest token is served again, with what is left of its life; it may be expired or revoked. Without effect
    /// while there is none.
    SameToken,
    /// 200 with `{"error":"invalid_grant"}` and nothing else.
    ErrorWithSuccess,
    /// Several at once, in order; see [`Flaw::and`].
    All(Vec<Flaw>),
}

impl Flaw {
    /// `expires_in` is this: a string, a float, a negative or huge number, null.
    pub fn expires_in(value: impl Into<Value>) -> Self {
        Self::With("expires_in", value.into())
    }

    /// `expires_in` is missing; `expiration` stays.
    pub fn without_expires_in() -> Self {
        Self::Without("expires_in")
    }

    /// `token_type` is this instead of `Bearer`.
    pub fn token_type(value: impl Into<Value>) -> Self {
        Self::With("token_type", value.into())
    }

    /// `access_token` is missing.
    pub fn without_access_token() -> Self {
        Self::Without("access_token")
    }

    /// This flaw and another in the same answer.
    #[must_use]
    pub fn and(self, other: Flaw) -> Self {
        Self::All(vec![self, other])
    }

    pub(crate) fn repeats_token(&self) -> bool {
        match self {
            Self::SameToken => true,
            Self::All(flaws) => flaws.iter().any(Self::repeats_token),
            _ => false,
        }
    }

    pub(crate) fn spoil(self, answer: &mut Map<String, Value>) {
        match self {
            Self::With(name, value) => drop(answer.insert(name.to_owned(), value)),
            Self::Without(name) => drop(answer.remove(name)),
            // Which token is served was decided before the answer was written.
            Self::SameToken => {}
            Self::ErrorWithSuccess => {
                answer.clear();
                answer.insert("error".to_owned(), "invalid_grant".into());
            }
            Self::All(flaws) => flaws.into_iter().for_each(|flaw| flaw.spoil(answer)),
        }
    }
}

impl fmt::Debug for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::With(name, _) => write!(f, "With({name:?}, ..)"),
            Self::Without(name) => write!(f, "Without({name:?})"),
            Self::SameToken => f.write_str("SameToken"),
            Self::ErrorWithSuccess => f.write_str("ErrorWithSuccess"),
            Self::All(flaws) => f.debug_tuple("All").field(flaws).finish(),
        }
    }
}

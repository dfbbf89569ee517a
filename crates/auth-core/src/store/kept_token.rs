//! A token as it stands in a file.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderName;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cache::lifetime;
use crate::token::Placement;
use crate::{Credential, Secret, Token};

/// Of the file. One of another version is as good as none.
const VERSION: u64 = 1;

/// A clock may be set a little while programs run. A token that was written later than this from now was not: the clock was set
/// back, and may make an ended token seem alive.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(5);

/// As [`Policy::refresh_lead`](crate::Policy), its longest, and the same for the last moments.
const SOFT: f64 = 0.25;
const SOFT_MAX: Duration = Duration::from_secs(6 * 3600);
const HARD: f64 = 0.1;
const HARD_MAX: Duration = Duration::from_secs(30);

/// A token, when it was written, and when it ends, by this machine's wall clock. Its terms are none but this end, and whether
/// that was assumed.
#[derive(Clone, Debug)]
pub(super) struct KeptToken {
    token: Token,
    written: SystemTime,
    end: SystemTime,
}

/// How a kept token stands, as the engine sees its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing to do.
    Fresh,
    /// It serves; somebody should replace it.
    Soft,
    /// It serves if nothing better can be had.
    Hard,
    /// It is over, or can't be trusted.
    Over,
}

impl KeptToken {
    pub(super) fn new(token: Token, written: SystemTime, end: SystemTime) -> Self {
        let mut token = token;
        token.terms.assumed = !lifetime::is_stated(&token);
        Self { token, written, end }
    }

    /// How it stands at `now`.
    pub(super) fn standing(&self, now: SystemTime) -> Standing {
        let left = self.left(now);
        if left.is_zero() || self.written > now + CLOCK_TOLERANCE {
            return Standing::Over;
        }
        let whole = self.end.duration_since(self.written).unwrap_or_default();
        if left <= whole.mul_f64(HARD).min(HARD_MAX) {
            Standing::Hard
        } else if left <= whole.mul_f64(SOFT).min(SOFT_MAX) {
            Standing::Soft
        } else {
            Standing::Fresh
        }
    }

    /// How long nobody need try again after a refresh of it has failed: a tenth of the time that there is for that, as the engine.
    pub(super) fn pause(&self) -> Duration {
        let whole = self.end.duration_since(self.written).unwrap_or_default();
        (whole.mul_f64(SOFT).min(SOFT_MAX) / 10).clamp(Duration::from_secs(1), Duration::from_secs(30))
    }

    pub(super) fn left(&self, now: SystemTime) -> Duration {
        self.end.duration_since(now).unwrap_or_default()
    }

    pub(super) fn was_written_since(&self, time: SystemTime) -> bool {
        self.written > time
    }

    /// Whether it is another token than the present one, with a later end.
    pub(super) fn is_newer_than(&self, present: &Credential) -> bool {
        !self.is(present) && present.expires_at().is_none_or(|end| self.end > end)
    }

    /// Whether it is this one.
    pub(super) fn is(&self, present: &Credential) -> bool {
        self.token.same_as(&present.0.token)
    }

    /// The token, found.
    pub(super) fn token(&self) -> Token {
        self.token.clone().expires_at(self.end).found()
    }

    pub(super) fn to_json(&self) -> Option<Zeroizing<Vec<u8>>> {
        let (place, name, secret) = match self.token.placement() {
            Placement::Authorization { scheme, secret } => ("scheme", scheme.as_ref(), secret),
            Placement::Header { name, secret } => ("header", name.as_str(), secret),
            Placement::NoneNeeded => return None,
        };
        let extra: Vec<_> =
            self.token.extra().iter().map(|(name, value)| json!([name.as_str(), value.expose()])).collect();
        let document = json!({
            "version": VERSION,
            "written": nanos_of(self.written),
            "end": nanos_of(self.end),
            "assumed": self.token.terms.assumed,
            place: name,
            "token": secret.expose(),
            "extra": extra,
        });
        serde_json::to_vec(&document).ok().map(Zeroizing::new)
    }

    /// `None` if it is something else; of another version, too.
    pub(super) fn of_json(text: &[u8]) -> Option<Self> {
        let document: Value = serde_json::from_slice(text).ok()?;
        if document.get("version")?.as_u64()? != VERSION {
            return None;
        }
        let text = |name| document.get(name).and_then(Value::as_str);
        let time = |name| UNIX_EPOCH.checked_add(Duration::from_nanos(document.get(name)?.as_u64()?));
        let secret = Secret::new(text("token").filter(|token| !token.is_empty())?);
        let mut token = match (text("scheme"), text("header")) {
            (Some(scheme), None) => Token::with_scheme(scheme.to_owned(), secret),
            (None, Some(name)) => Token::in_header(HeaderName::try_from(name).ok()?, secret),
            _ => return None,
        };
        for pair in document.get("extra")?.as_array()? {
            let (name, value) = (pair.get(0)?.as_str()?, pair.get(1)?.as_str()?);
            token = token.with_header(HeaderName::try_from(name).ok()?, value);
        }
        token.terms.assumed = document.get("assumed")?.as_bool()?;
        // What can't be sent is as good as torn: answered with, it would fail every fetch until its end.
        token.render().ok()?;
        Some(Self { token, written: time("written")?, end: time("end")? })
    }
}

fn nanos_of(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_795_305_600 + seconds)
    }

    fn kept(token: Token) -> KeptToken {
        KeptToken::new(token, at(0), at(3600))
    }

    #[test]
    fn what_goes_on_a_request_comes_back_as_it_was() {
        let name = HeaderName::from_static("x-key");
        for token in [
            Token::bearer("t1"),
            Token::with_scheme("Token", "t\"2"),
            Token::in_header(name, "t3").with_header(HeaderName::from_static("x-more"), "m"),
        ] {
            let back = KeptToken::of_json(&kept(token.clone()).to_json().unwrap()).unwrap();
            assert!(back.token.same_as(&token));
            assert_eq!((back.written, back.end), (at(0), at(3600)));
        }
        assert!(kept(Token::none_needed()).to_json().is_none());
    }

    #[test]
    fn garbage_and_other_versions_are_no_token() {
        let good = String::from_utf8(kept(Token::bearer("t")).to_json().unwrap().to_vec()).unwrap();
        assert!(KeptToken::of_json(good.as_bytes()).is_some());
        for cut in 0..good.len() {
            assert!(KeptToken::of_json(&good.as_bytes()[..cut]).is_none(), "{cut}");
        }
        for (from, to) in [
            ("\"version\":1", "\"version\":2"),
            ("\"t\"", "\"\""),
            ("scheme", "sheme"),
            ("[]", "[1]"),
            ("true", "1"),
            // None of these can stand in a header. The file would fail each fetch until its end, so it is to be replaced.
            ("\"t\"", "\"\u{7f}\""),
            ("Bearer", "B\\n"),
            ("[]", "[[\"a\",\"\"]]"),
            ("[]", "[[\"authorization\",\"a\"]]"),
        ] {
            assert!(good.contains(from), "{good}");
            assert!(KeptToken::of_json(good.replace(from, to).as_bytes()).is_none(), "{from}");
        }
    }

    #[test]
    fn it_ages_as_in_the_engine() {
        let kept = kept(Token::bearer("t"));
        for (seconds, standing) in [
            (0, Standing::Fresh),
            (2699, Standing::Fresh),
            (2700, Standing::Soft),
            (3569, Standing::Soft),
            (3570, Standing::Hard),
            (3599, Standing::Hard),
            (3600, Standing::Over),
        ] {
            assert_eq!(kept.standing(at(seconds)), standing, "{seconds}");
        }
    }

    #[test]
    fn a_clock_that_was_set_back_revives_nothing() {
        let kept = kept(Token::bearer("t"));
        assert_eq!(kept.standing(at(0) - Duration::from_secs(5)), Standing::Fresh);
        assert_eq!(kept.standing(at(0) - Duration::from_secs(6)), Standing::Over);
    }
}

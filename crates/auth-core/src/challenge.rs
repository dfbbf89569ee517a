//! What a 401 says about the token: `WWW-Authenticate`, RFC 9110 section 11.6.1 and RFC 6750 section 3.
//!
//! Servers write this header in many ways, so reading it never fails: what can't be understood is left out,
//! and the rest still counts. A value that is left out altogether is one without challenges.

use std::borrow::Cow;

/// How much of one header value is read. Real ones take a few hundred bytes.
const MAX_VALUE_BYTES: usize = 8 * 1024;

/// One challenge of a `WWW-Authenticate` value: a scheme and its parameters.
///
/// Not `Debug`: the parameters are the server's words, and an `error_description` may repeat the token.
pub(crate) struct Challenge<'a> {
    /// The scheme as it was written; compare it without regard to case.
    pub(crate) scheme: &'a str,
    params: Vec<(&'a str, Cow<'a, str>)>,
}

impl Challenge<'_> {
    /// The value of a parameter, by its name in any case; of several with one name, the first.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_ref())
    }
}

/// Whether a 401 with these `WWW-Authenticate` values is about the token itself, so that a new one can help.
///
/// It is, unless a Bearer challenge gives another reason: an `error` that is neither `invalid_token` nor
/// `expired_token`, say `insufficient_scope`. An empty `error` gives no reason and counts as absent, like
/// one that can't be read: one fetch too many costs less than a good request lost to an expired token.
pub(crate) fn rejects_token<'a>(values: impl Iterator<Item = &'a [u8]>) -> bool {
    !values.flat_map(parse).any(|challenge| {
        challenge.scheme.eq_ignore_ascii_case("Bearer")
            && challenge.param("error").is_some_and(|error| {
                !["", "invalid_token", "expired_token"]
                    .iter()
                    .any(|about_token| about_token.eq_ignore_ascii_case(error))
            })
    })
}

/// The challenges of one header value, in order.
///
/// Dropped are: parameters without a value, or with an unterminated or non-ASCII one, parameters before any
/// scheme, the data of a token68, and whatever else stands before the next comma. A value with control
/// characters has no challenges at all. Takes time linear in the value, of which the first 8 KiB are read.
pub(crate) fn parse(value: &[u8]) -> Vec<Challenge<'_>> {
    let mut rest = Scanner(within_limit(value));
    let mut challenges: Vec<Challenge<'_>> = Vec::new();
    if rest.0.iter().any(|&b| b.is_ascii_control() && b != b'\t') {
        return challenges;
    }
    // Whether a parameter belongs to the last challenge, or to something that was not understood.
    let mut open = false;
    loop {
        rest.take_while(|b| is_space(b) || b == b',');
        if rest.0.is_empty() {
            return challenges;
        }
        let mut name = rest.token();
        let ends = rest.at_end_of_word();
        let mut equals = rest.skip_equals();
        if !equals && ends {
            challenges.push(Challenge { scheme: name, params: Vec::new() });
            open = true;
            rest.skip_token68();
            name = rest.token();
            equals = rest.skip_equals();
        } else if !equals || name.is_empty() {
            open = false;
        }
        if equals
            && let Some(value) = rest.value()
            && open
            && let Some(challenge) = challenges.last_mut()
        {
            challenge.params.push((name, value));
        }
        rest.skip_to_comma();
    }
}

/// The part of a value that is read, cut where no word is cut in two.
fn within_limit(value: &[u8]) -> &[u8] {
    if value.len() <= MAX_VALUE_BYTES {
        return value;
    }
    let start = &value[..MAX_VALUE_BYTES];
    let end = start.iter().rposition(|&b| is_space(b) || b == b',');
    &start[..end.unwrap_or(0)]
}

/// What is left of a header value. Every step forward drops bytes from the front and never looks back.
struct Scanner<'a>(&'a [u8]);

impl<'a> Scanner<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    fn take_while(&mut self, keep: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.0.iter().position(|&b| !keep(b));
        self.take(end.unwrap_or(self.0.len()))
    }

    /// A scheme or a parameter's name; empty if there is none here.
    fn token(&mut self) -> &'a str {
        // Token characters are ASCII, so this is always text.
        str::from_utf8(self.take_while(is_token_char)).unwrap_or_default()
    }

    /// Whether a scheme can end here.
    fn at_end_of_word(&self) -> bool {
        self.0.first().is_none_or(|&b| is_space(b) || b == b',')
    }

    /// Steps over `=` and the white space that RFC 9110 tolerates around it, and says whether there was one.
    fn skip_equals(&mut self) -> bool {
        self.take_while(is_space);
        let found = self.0.first() == Some(&b'=');
        if found {
            self.take(1);
            self.take_while(is_space);
        }
        found
    }

    /// Steps over the data of a scheme such as Negotiate: one word that no parameter can be.
    fn skip_token68(&mut self) {
        let mut ahead = Scanner(self.0);
        let data = ahead.take_while(is_token68_char);
        ahead.take_while(|b| b == b'=');
        ahead.take_while(is_space);
        if !data.is_empty() && ahead.0.first().is_none_or(|&b| b == b',') {
            *self = ahead;
        }
    }

    /// A parameter's value: a quoted string, or a bare word, in which servers put more than RFC 9110 allows.
    fn value(&mut self) -> Option<Cow<'a, str>> {
        if self.0.first() == Some(&b'"') {
            return self.quoted();
        }
        let word = self.take_while(|b| !is_space(b) && !matches!(b, b',' | b';' | b'"'));
        let whole = !word.is_empty() && self.0.first() != Some(&b'"');
        let word = str::from_utf8(word).ok().filter(|word| word.is_ascii())?;
        whole.then_some(Cow::Borrowed(word))
    }

    /// A quoted string without its quotes and backslashes; `None` if it does not end or is not ASCII.
    fn quoted(&mut self) -> Option<Cow<'a, str>> {
        let inner = str::from_utf8(self.take_quoted()?).ok()?;
        if !inner.is_ascii() {
            return None;
        }
        if !inner.contains('\\') {
            return Some(Cow::Borrowed(inner));
        }
        let mut value = String::with_capacity(inner.len());
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            value.push(if c == '\\' { chars.next()? } else { c });
        }
        Some(Cow::Owned(value))
    }

    /// The bytes between two quotes, escapes and all. Takes everything if the second one is missing.
    fn take_quoted(&mut self) -> Option<&'a [u8]> {
        self.take(1);
        let mut escaped = false;
        let inner = self.0;
        let end = inner.iter().position(|&b| {
            let closes = b == b'"' && !escaped;
            escaped = b == b'\\' && !escaped;
            closes
        });
        self.take(end.map_or(inner.len(), |end| end + 1));
        end.map(|end| &inner[..end])
    }

    /// Steps up to the next comma that no quotes surround.
    fn skip_to_comma(&mut self) {
        loop {
            self.take_while(|b| b != b',' && b != b'"');
            if self.0.first() != Some(&b'"') {
                return;
            }
            self.take_quoted();
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// `tchar` of RFC 9110 section 5.6.2.
fn is_token_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The characters of `token68`, RFC 9110 section 11.2, without the padding.
fn is_token68_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus;

    /// `Basic{realm=a};Bearer{}`, the notation of the corpus.
    fn shown(value: &[u8]) -> String {
        let shown: Vec<_> = parse(value)
            .iter()
            .map(|challenge| {
                let params: Vec<_> = challenge.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("{}{{{}}}", challenge.scheme, params.join(","))
            })
            .collect();
        shown.join(";")
    }

    fn check(value: impl AsRef<[u8]>, expect: &str) {
        let value = value.as_ref();
        assert_eq!(shown(value), expect, "{:.80}", value.escape_ascii());
    }

    /// The corpus abbreviates, so these rows are spelled out here.
    fn in_full(id: &str, expect: &str) -> String {
        match id {
            "token68_then" => "NTLM{};Bearer{error=invalid_token}",
            "esc_quote" => "Bearer{realm=a\"b,error=invalid_token}",
            "desc_secret" => "Bearer{error=invalid_token,error_description=token eyJSECRET expired}",
            "claims" => "Bearer{error=insufficient_claims,claims=eyJ9}",
            "resource_meta" => "Bearer{resource_metadata=https://h/.well-known/oauth-protected-resource}",
            "digest" => "Digest{realm=a,nonce=b,qop=auth,auth-int}",
            "lead_ws" => "Bearer{error=invalid_token}",
            "mixed" => "Bearer{};DPoP{algs=ES256}",
            "lf" => "",
            _ if expect == "none" => "",
            _ => expect.split(" (").next().unwrap(),
        }
        .to_owned()
    }

    #[test]
    fn every_corpus_row_is_read_as_it_says() {
        for (id, bytes, expect) in corpus::rows("www_authenticate") {
            assert_eq!(shown(&bytes), in_full(&id, &expect), "{id}");
        }
    }

    #[test]
    fn what_can_not_be_understood_is_left_out_and_the_rest_counts() {
        check("", "");
        check(" ,\t, Bearer ,,", "Bearer{}");
        check("bearer\tERROR\t=\t\"x\"", "bearer{ERROR=x}");
        check("Bearer , error=\"x\"", "Bearer{error=x}");
        check("Bearer error=, scope=a", "Bearer{scope=a}");
        check("Bearer error, scope=a", "Bearer{scope=a}");
        check("Bearer error=x scope=a, realm=b", "Bearer{error=x,realm=b}");
        check("Bearer error=\"x\"junk, scope=a", "Bearer{error=x,scope=a}");
        check("Bearer error=x\"y,z\", scope=a", "Bearer{scope=a}");
        check("Bearer error=x; scope=\"a, Basic\"", "Bearer{error=x}");
        check("Bearer uri=https://h/t?a=b", "Bearer{uri=https://h/t?a=b}");
        check("Bearer =x, scope=a", "");
        check("Bearer:x, Basic realm=a", "Basic{realm=a}");
        check("Bearer realm=a, B@d b=c, error=x", "Bearer{realm=a}");
        check("Please sign in, Bearer", "Please{};Bearer{}");
        check("Negotiate YII/+a==", "Negotiate{}");
        check("Negotiate abc= , Bearer error=x", "Negotiate{};Bearer{error=x}");
        check(r#"Bearer a="\\", b="\"", c="\q""#, r#"Bearer{a=\,b=",c=q}"#);
        check(r#"Bearer a="b\""#, "Bearer{}");
        check(r#"Bearer a="\"#, "Bearer{}");
        check("Bearer a=\"b\tc\"", "Bearer{a=b\tc}");
        check("Bearer a=\"b\x7f\"", "");
        check("Bearer\0", "");
        check(b"Bearer a=\xc3\xa9, b=c", "Bearer{b=c}");
        check(b"Bearer a=\"\\\xff\", b=c", "Bearer{b=c}");
        check(b"\xefBearer error=x", "");
    }

    #[test]
    fn a_parameter_is_found_in_any_case_and_the_first_one_wins() {
        let challenges = parse(b"Bearer Error=a, error=b");
        assert_eq!(challenges[0].param("ERROR"), Some("a"));
        assert_eq!(challenges[0].param("scope"), None);
    }

    #[test]
    fn nothing_beyond_8_kib_is_read_and_no_word_is_cut() {
        let long = format!("Bearer realm=a, {}error=x", " ".repeat(MAX_VALUE_BYTES));
        check(long, "Bearer{realm=a}");
        check(format!("Bearer error={}", "a".repeat(MAX_VALUE_BYTES)), "Bearer{}");
        check("B".repeat(MAX_VALUE_BYTES + 1), "");
        check(format!("Bearer realm=\"{}\"", "a b".repeat(MAX_VALUE_BYTES)), "Bearer{}");
    }

    #[test]
    fn a_401_is_about_the_token_unless_a_bearer_challenge_gives_another_reason() {
        let rejects = |values: &[&str]| rejects_token(values.iter().map(|value| value.as_bytes()));
        for about_token in [
            &[][..],
            &[""],
            &["Bearer"],
            &["Bearer error=\"invalid_token\""],
            &["bearer ERROR=expired_token"],
            &["Bearer error=\"\""],
            &["Bearer error=\"\u{e9}\""],
            &["Basic error=\"insufficient_scope\""],
            &["DPoP error=\"use_dpop_nonce\""],
            &["error=\"insufficient_scope\""],
        ] {
            assert!(rejects(about_token), "{about_token:?}");
        }
        for other in [
            &["Bearer error=\"insufficient_scope\""][..],
            &["Basic realm=\"a\"", "bearer error=\"insufficient_claims\""],
            &["Bearer error=\"invalid_token\", Bearer error=\"invalid_request\""],
        ] {
            assert!(!rejects(other), "{other:?}");
        }
    }

    #[test]
    fn no_input_makes_it_panic_or_show_anything_but_ascii() {
        let probe = |bytes: &[u8]| {
            assert!(shown(bytes).bytes().all(|b| b == b'\t' || !b.is_ascii_control()));
            assert!(shown(bytes).is_ascii());
            rejects_token(std::iter::once(bytes));
        };
        corpus::probe_all("www_authenticate", b"\",=;\\ \t<\xffB", probe);
    }
}

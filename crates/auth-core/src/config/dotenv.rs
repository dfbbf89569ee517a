//! The `.env` format: `KEY=value`, one a line.
//!
//! As python-dotenv reads it, but for what docs/reference/formats.md lists.

use zeroize::Zeroizing;

use super::fault::{Fault, Reason, first};
use crate::Secret;

/// White space of this format. A no-break space is a character like any other.
const BLANK: [char; 2] = [' ', '\t'];

/// One assignment.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) value: Secret,
    pub(crate) line: usize,
    /// Whether it stands in single quotes, where a reference means itself.
    pub(crate) literal: bool,
}

/// The assignments of a text, in order; of two with the same key both.
///
/// # Errors
/// The first line that is none.
pub(crate) fn parse(text: &str) -> Result<Vec<Entry>, Fault> {
    first(text, |text| {
        let mut rest = Rest { text, line: 1 };
        let mut entries = Vec::new();
        while !rest.text.is_empty() {
            entries.extend(rest.assignment()?);
        }
        Ok(entries)
    })
}

/// Whether a word can be a key: letters, digits, `_`, `.` and `-`, without a digit, `.` or `-` in front.
pub(super) fn is_key(word: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || "_.-".contains(c);
    word.starts_with(|c: char| c.is_alphabetic() || c == '_') && word.chars().all(inner)
}

/// What is still to be read, and which line of the text it begins in.
struct Rest<'a> {
    text: &'a str,
    line: usize,
}

impl<'a> Rest<'a> {
    /// Reads a line, or more if a value in quotes goes on.
    fn assignment(&mut self) -> Result<Option<Entry>, Fault> {
        let line = self.line;
        let whole = self.current();
        let current = whole.trim_start_matches(BLANK);
        if current.is_empty() || current.starts_with('#') {
            self.skip_line();
            return Ok(None);
        }
        let assignment = match current.strip_prefix("export") {
            Some(exported) if exported.starts_with(BLANK) => exported.trim_start_matches(BLANK),
            _ => current,
        };
        let (key, value) = assignment.split_once('=').ok_or(Fault::syntax(line, "no `=`; write KEY=value"))?;
        let key = key.trim_end_matches(BLANK);
        if !is_key(key) {
            return Err(Fault::syntax(
                line,
                "no key in front of `=`; a key has letters, digits, `_`, `.` and `-`, and no digit in front",
            ));
        }
        let trimmed = value.trim_start_matches(BLANK);
        let quote = trimmed.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => {
                self.text = &self.text[whole.len() - trimmed.len()..];
                self.quoted(quote)?
            }
            None => {
                self.skip_line();
                Secret::new(without_comment(value))
            }
        };
        Ok(Some(Entry { key: key.to_owned(), value, line, literal: quote == Some('\'') }))
    }

    /// Reads a value in quotes, and the rest of its last line.
    fn quoted(&mut self, quote: char) -> Result<Secret, Fault> {
        let inside = &self.text[1..];
        let mut escaped = false;
        let end = inside.find(|c: char| {
            let closes = c == quote && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        });
        let end = end.ok_or(Fault::new(self.line, Reason::UnterminatedQuote))?;
        self.line += inside[..end].matches('\n').count();
        self.text = &inside[end + 1..];
        let behind = self.current().trim_start_matches(BLANK);
        if !behind.is_empty() && !behind.starts_with('#') {
            return Err(Fault::syntax(
                self.line,
                "text behind the closing quote; escape quotes inside a value as \\\"",
            ));
        }
        self.skip_line();
        Ok(unescaped(&inside[..end], quote))
    }

    /// The current line, without its end.
    fn current(&self) -> &'a str {
        let line = self.text.split('\n').next().unwrap_or_default();
        line.strip_suffix('\r').unwrap_or(line)
    }

    fn skip_line(&mut self) {
        self.text = self.text.split_once('\n').map_or("", |(_, rest)| rest);
        self.line += 1;
    }
}

/// A bare value, as it stands behind `=`. White space and `#` begin a comment.
fn without_comment(value: &str) -> &str {
    let comment = value.match_indices('#').find(|(at, _)| value[..*at].ends_with(BLANK));
    value[..comment.map_or(value.len(), |(at, _)| at)].trim_matches(BLANK)
}

/// What stands between quotes, with LF for CRLF. Of the escapes that python-dotenv knows; others are two characters.
fn unescaped(raw: &str, quote: char) -> Secret {
    // Never longer than the raw text, so that no copy is left behind by growing.
    let mut value = Zeroizing::new(String::with_capacity(raw.len()));
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        let escape = (c == '\\').then(|| chars.peek().and_then(|&next| unescape(next, quote))).flatten();
        if let Some(meant) = escape {
            value.push(meant);
            chars.next();
        } else if !(c == '\r' && chars.peek() == Some(&'\n')) {
            value.push(c);
        }
    }
    Secret::new(std::mem::take(&mut *value))
}

fn unescape(escape: char, quote: char) -> Option<char> {
    Some(match escape {
        '\\' | '\'' => escape,
        _ if quote == '\'' => return None,
        '"' => '"',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::document;
    use crate::corpus;

    fn outcome(bytes: &[u8]) -> String {
        match document::decode(bytes).map(|document| parse(document.text())) {
            Err(_) => "err:Encoding".to_owned(),
            Ok(Err(fault)) => format!("err:{}", fault.name()),
            Ok(Ok(entries)) if entries.len() > 1000 => format!("ok:({} keys)", entries.len()),
            Ok(Ok(entries)) => {
                let entries: BTreeMap<_, _> =
                    entries.into_iter().map(|e| (e.key, e.value.expose().to_owned())).collect();
                format!("ok:{}", serde_json::json!(entries))
            }
        }
    }

    #[test]
    fn every_corpus_row_gets_its_answer() {
        for (id, bytes, expect) in corpus::rows("dotenv") {
            assert!(corpus::agree(&outcome(&bytes), &expect), "{id}: {} is not {expect}", outcome(&bytes));
        }
    }

    #[test]
    fn every_message_of_the_corpus_names_its_line_and_repeats_nothing() {
        for (id, bytes, expect) in corpus::rows("dotenv") {
            if let Some(message) = document::message_of("a.env", &bytes, |text| parse(text).map(drop)) {
                corpus::check_message(&id, &message, &bytes, &expect);
            }
        }
    }

    #[test]
    fn each_accident_has_one_answer() {
        for (input, expect) in [
            ("\u{feff}A=1", r#"ok:{"A":"1"}"#),
            ("\u{feff}\u{feff}A=1", "err:Syntax(line 1)"),
            ("B=\u{feff}1\n\u{feff}A=1", "err:Syntax(line 2)"),
            ("A=1\r\nB=2\r\n", r#"ok:{"A":"1","B":"2"}"#),
            ("A=1\r", "err:Syntax(line 1)"),
            ("A=1\r\r\n", "err:Syntax(line 1)"),
            ("A=\"1\r\n2\"\r\nB=3", r#"ok:{"A":"1\n2","B":"3"}"#),
            ("A=", r#"ok:{"A":""}"#),
            ("A= \t\nB=1", r#"ok:{"A":"","B":"1"}"#),
            ("A", "err:Syntax(line 1)"),
            ("\n\nexport A", "err:Syntax(line 3)"),
            ("A: x", "err:Syntax(line 1)"),
            ("export = 1", "err:Syntax(line 1)"),
            ("export=1", r#"ok:{"export":"1"}"#),
            ("exportA=1", r#"ok:{"exportA":"1"}"#),
            ("  export \t A\t=\t1\t", r#"ok:{"A":"1"}"#),
            ("export export A=1", "err:Syntax(line 1)"),
            ("A-B=1\n_=2", r#"ok:{"A-B":"1","_":"2"}"#),
            ("ключ=1", r#"ok:{"ключ":"1"}"#),
            ("-A=1", "err:Syntax(line 1)"),
            (".A=1", "err:Syntax(line 1)"),
            ("A+=1", "err:Syntax(line 1)"),
            ("A[0]=1", "err:Syntax(line 1)"),
            ("'A'=1", "err:Syntax(line 1)"),
            ("A B=1", "err:Syntax(line 1)"),
            ("A#b=1", "err:Syntax(line 1)"),
            ("A=a#b", r#"ok:{"A":"a#b"}"#),
            ("A=a\t#b", r#"ok:{"A":"a"}"#),
            ("A=#b", r##"ok:{"A":"#b"}"##),
            ("A= # b", r#"ok:{"A":""}"#),
            ("A=a # b # c", r#"ok:{"A":"a"}"#),
            ("A=a # \"b\nB=1", r#"ok:{"A":"a","B":"1"}"#),
            ("A=\"a\" # b\nB='c'#d", r#"ok:{"A":"a","B":"c"}"#),
            ("A=\"a\"\"b\"", "err:Syntax(line 1)"),
            ("A='a'b", "err:Syntax(line 1)"),
            ("A='a\nb' c", "err:Syntax(line 2)"),
            ("A=\"a'b\"\nB='a\"b'", r#"ok:{"A":"a'b","B":"a\"b"}"#),
            (r#"A='a\nb\\c\'d\"e'"#, r#"ok:{"A":"a\\nb\\c'd\\\"e"}"#),
            (r#"A="\a\b\f\n\r\t\v\\\'\"\$\x""#, r#"ok:{"A":"\u0007\b\f\n\r\t\u000b\\'\"\\$\\x"}"#),
            (r#"A="a\""#, "err:UnterminatedQuote(line 1)"),
            (r#"A="a\\""#, r#"ok:{"A":"a\\"}"#),
            ("A=a\\\nB=1", r#"ok:{"A":"a\\","B":"1"}"#),
            ("A=\"a\\\nb\"", r#"ok:{"A":"a\\\nb"}"#),
            ("B=1\nA='", "err:UnterminatedQuote(line 2)"),
            ("A=a\"b\nB=b\"c d\"e", r#"ok:{"A":"a\"b","B":"b\"c d\"e"}"#),
            ("A=\"x\nB=\u{7}", "err:UnterminatedQuote(line 1)"),
            ("A=1 # \u{1b}", "err:Syntax(line 1)"),
            ("A=\u{85}", "err:Syntax(line 1)"),
            ("A=\u{2028}x\u{2028}", "ok:{\"A\":\"\u{2028}x\u{2028}\"}"),
            ("\u{a0}A=1", "err:Syntax(line 1)"),
            ("A=1\n\x0cB=2", "err:Syntax(line 2)"),
            ("A=1\nA=\n", r#"ok:{"A":""}"#),
        ] {
            assert_eq!(outcome(input.as_bytes()), expect, "{}", input.escape_debug());
        }
        assert_eq!(outcome(&[b"A=".as_slice(), &[b'a'; 1024 * 1024]].concat()), "err:Encoding", "longer than 1 MiB");
        assert_eq!(outcome(b"\xff\xfeA\0=\x001\0"), "err:Encoding");
    }

    #[test]
    fn a_key_that_stands_twice_has_the_last_value_and_its_line() {
        let entries = parse("A=1\n\nA=2\n").unwrap();
        assert_eq!(entries.iter().map(|entry| entry.line).collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn no_input_makes_it_panic() {
        corpus::probe_all("dotenv", b"A=\"'\\\r\n\t #${}", |bytes| drop(outcome(bytes)));
    }
}

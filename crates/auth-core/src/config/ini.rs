//! The INI format of credentials files: `[section]`, `key = value`.
//!
//! As Python's configparser reads it without interpolation, but for what docs/reference/formats.md lists.

use std::collections::HashMap;

use super::fault::{Fault, Reason, first};
use crate::Secret;

/// White space of this format. A no-break space is a character like any other.
const BLANK: [char; 2] = [' ', '\t'];

/// A section, its name as it stands there.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) entries: Vec<Entry>,
}

/// A key, in lower case, and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) value: Secret,
    pub(crate) line: usize,
}

/// The sections of a text, in order.
///
/// # Errors
/// The first line that belongs to none of this.
pub(crate) fn parse(text: &str) -> Result<Vec<Section>, Fault> {
    first(text, |text| {
        let mut reader = Reader::default();
        for (index, line) in text.split('\n').enumerate() {
            reader.read(index + 1, line.strip_suffix('\r').unwrap_or(line))?;
        }
        Ok(reader.sections)
    })
}

#[derive(Default)]
struct Reader {
    sections: Vec<Section>,
    /// Where each section of the file, and each key of the last section, stands.
    seen_sections: HashMap<String, usize>,
    seen_keys: HashMap<String, usize>,
}

impl Reader {
    fn read(&mut self, at: usize, line: &str) -> Result<(), Fault> {
        let text = line.trim_matches(BLANK);
        if text.is_empty() || text.starts_with(['#', ';']) {
            return Ok(());
        }
        let indented = line.starts_with(char::is_whitespace);
        let after_key = self.sections.last().is_some_and(|section| !section.entries.is_empty());
        if indented && after_key {
            return Err(Fault::new(at, Reason::Continuation));
        }
        if text.starts_with('[') {
            return self.open(at, text);
        }
        let (key, value) = text.split_once(['=', ':']).ok_or(Fault::syntax(at, "neither [section] nor key = value"))?;
        let Some(section) = self.sections.last_mut() else { return Err(Fault::new(at, Reason::NoSection)) };
        if indented {
            return Err(Fault::new(at, Reason::Continuation));
        }
        let key = key.trim_end_matches(BLANK).to_lowercase();
        if key.is_empty() || key.ends_with(char::is_whitespace) {
            return Err(Fault::syntax(at, "no key in front of the value, or one with a no-break space behind it"));
        }
        if let Some(first) = self.seen_keys.insert(key.clone(), at) {
            return Err(Fault::new(at, Reason::DuplicateKey(first)));
        }
        let value = Secret::new(value.trim_start_matches(BLANK));
        section.entries.push(Entry { key, value, line: at });
        Ok(())
    }

    fn open(&mut self, at: usize, text: &str) -> Result<(), Fault> {
        let name = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'))
            .ok_or(Fault::syntax(at, "no `]` at the end of the section's line; a comment goes on a line of its own"))?;
        if name.trim_matches(BLANK).is_empty() || name.contains(['[', ']']) {
            return Err(Fault::syntax(at, "no section's name; it is one word or more, without brackets"));
        }
        if let Some(first) = self.seen_sections.insert(name.to_owned(), at) {
            return Err(Fault::new(at, Reason::DuplicateSection(first)));
        }
        self.seen_keys.clear();
        self.sections.push(Section { name: name.to_owned(), entries: Vec::new() });
        Ok(())
    }
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
            Ok(Ok(sections)) if sections.len() > 1000 => format!("ok:({} sections)", sections.len()),
            Ok(Ok(sections)) => {
                let entry = |entry: Entry| (entry.key, entry.value.expose().to_owned());
                let section = |s: Section| (s.name, s.entries.into_iter().map(entry).collect::<BTreeMap<_, _>>());
                format!("ok:{}", serde_json::json!(sections.into_iter().map(section).collect::<BTreeMap<_, _>>()))
            }
        }
    }

    #[test]
    fn every_corpus_row_gets_its_answer() {
        for (id, bytes, expect) in corpus::rows("ini") {
            assert!(corpus::agree(&outcome(&bytes), &expect), "{id}: {} is not {expect}", outcome(&bytes));
        }
    }

    #[test]
    fn every_message_of_the_corpus_names_its_line_and_repeats_nothing() {
        for (id, bytes, expect) in corpus::rows("ini") {
            if let Some(message) = document::message_of("a.ini", &bytes, |text| parse(text).map(drop)) {
                corpus::check_message(&id, &message, &bytes, &expect);
            }
        }
    }

    #[test]
    fn each_accident_has_one_answer() {
        for (input, expect) in [
            ("\u{feff}[d]\nk=1", r#"ok:{"d":{"k":"1"}}"#),
            ("\u{feff}\u{feff}[d]", "err:Syntax(line 1)"),
            ("\n[d]\r\nk = v\r\n\r\n", r#"ok:{"d":{"k":"v"}}"#),
            ("[d]\nk=1\r", "err:Syntax(line 2)"),
            ("[d]\nk=\"x y\"", r#"ok:{"d":{"k":"\"x y\""}}"#),
            ("[d]\nk=ab#cd\nl=ab #cd\nm=#", r##"ok:{"d":{"k":"ab#cd","l":"ab #cd","m":"#"}}"##),
            ("[d]\nk=50%off\nl=%(k)s\nm=${k}", r#"ok:{"d":{"k":"50%off","l":"%(k)s","m":"${k}"}}"#),
            ("[d]\nk: v\nl : a=b\nm=a:b", r#"ok:{"d":{"k":"v","l":"a=b","m":"a:b"}}"#),
            ("[d]\na b = c", r#"ok:{"d":{"a b":"c"}}"#),
            ("[d]\nÄ=1\nä=2", "err:DuplicateKey(line 3)"),
            ("[d]\nk=1\n[e]\nk=2\n[d]", "err:DuplicateSection(line 5)"),
            ("[d]\nk=1\n[D]\nk=2", r#"ok:{"D":{"k":"2"},"d":{"k":"1"}}"#),
            ("[DEFAULT]\nk=1\n[d]\nj=2", r#"ok:{"DEFAULT":{"k":"1"},"d":{"j":"2"}}"#),
            ("[DEFAULT]\n[DEFAULT]", "err:DuplicateSection(line 2)"),
            ("[ d ]\nk=1", r#"ok:{" d ":{"k":"1"}}"#),
            ("[ ]", "err:Syntax(line 1)"),
            ("[a]b]", "err:Syntax(line 1)"),
            ("[d] ; x", "err:Syntax(line 1)"),
            ("[d]  \nk=1", r#"ok:{"d":{"k":"1"}}"#),
            ("[d]\n[k=1", "err:Syntax(line 2)"),
            ("[d]\nk", "err:Syntax(line 2)"),
            ("[d]\n=v", "err:Syntax(line 2)"),
            ("[d]\n: v", "err:Syntax(line 2)"),
            ("[d]\n  k=1", "err:Continuation(line 2)"),
            ("[d]\nk=\n  1", "err:Continuation(line 3)"),
            ("[d]\nk=1\n\n  1", "err:Continuation(line 4)"),
            ("[d]\nk=1\n [e]", "err:Continuation(line 3)"),
            ("[d]\nk=1\n  # x\n\t; y\nl=2", r#"ok:{"d":{"k":"1","l":"2"}}"#),
            ("[d]\n [e]\nk=1", r#"ok:{"d":{},"e":{"k":"1"}}"#),
            ("  k=1", "err:NoSection(line 1)"),
            ("k\n[d]", "err:Syntax(line 1)"),
            ("# x\nk=\u{7}", "err:Syntax(line 2)"),
            ("k=1\n[d\u{7}]", "err:NoSection(line 1)"),
            ("[d]\nk=\u{85}", "err:Syntax(line 2)"),
            ("[d]\nk=\u{a0}v\u{2028}", "ok:{\"d\":{\"k\":\"\u{a0}v\u{2028}\"}}"),
            ("[d]\n\u{a0}k=1", "err:Continuation(line 2)"),
            ("[d]\nk\u{a0}=1", "err:Syntax(line 2)"),
            ("[d]\nk=a\0", "err:Syntax(line 2)"),
            ("[d]\nk=a\\\nl=b", r#"ok:{"d":{"k":"a\\","l":"b"}}"#),
        ] {
            assert_eq!(outcome(input.as_bytes()), expect, "{}", input.escape_debug());
        }
    }

    #[test]
    fn no_input_makes_it_panic() {
        corpus::probe_all("ini", b"[]=:;# \t\r\n\"", |bytes| drop(outcome(bytes)));
    }
}

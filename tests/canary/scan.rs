//! The public types of the workspace's crates, as their sources name them.
//!
//! By words, not by the compiler: every `pub` type counts, also where its module is private, because nothing keeps it from
//! being exported tomorrow. So a type can be found here that is not public, but none that is public is missed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const CRATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates");

/// `auth-core::Token` and so on, each with how often the crate has such a name.
pub(super) fn public_types() -> BTreeMap<String, usize> {
    let mut types = BTreeMap::new();
    for package in entries(Path::new(CRATES)).into_iter().filter(|path| path.is_dir()) {
        let name = package.file_name().unwrap().to_str().unwrap();
        for file in sources(&package.join("src")) {
            for found in types_in(&fs::read_to_string(file).unwrap()) {
                *types.entry(format!("{name}::{found}")).or_default() += 1;
            }
        }
    }
    types
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let of = |path: PathBuf| if path.is_dir() { sources(&path) } else { vec![path] };
    entries(folder).into_iter().flat_map(of).filter(|path| path.extension().is_some_and(|end| end == "rs")).collect()
}

/// The names of the `pub` types in a source text, wherever they stand: in modules, in functions, in macro calls.
///
/// Left out is what `#[cfg(test)]` stands before, and `pub(crate)` and the like. A type whose name a macro makes up is
/// `$name`, which no table holds.
fn types_in(source: &str) -> Vec<String> {
    let words = words(source);
    let mut types = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if words[at..].starts_with(&["#", "[", "cfg", "(", "test", ")", "]"].map(str::to_owned)) {
            at = end_of_item(&words, at + 7);
            continue;
        }
        at += 1;
        if words[at - 1] == "pub" {
            let next = |n: usize| words.get(at + n).map_or("", String::as_str);
            let skip = usize::from(matches!(next(0), "unsafe" | "auto"));
            let name = next(skip + 1);
            let is_type = matches!(next(skip), "struct" | "enum" | "union" | "trait" | "type");
            if is_type && name == "$" {
                types.push(format!("${}", next(skip + 2)));
            } else if is_type && name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
                types.push(name.to_owned());
            }
        }
    }
    types
}

/// Where the item that begins at `at` is over: behind its `;` or its braces.
fn end_of_item(words: &[String], mut at: usize) -> usize {
    let mut depth = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        match word.as_str() {
            "{" | "[" | "(" => depth += 1,
            "}" | "]" | ")" => depth -= 1,
            _ => {}
        }
        // Below zero: it was a field or the like, and what ends is the thing around it.
        if depth < 0 || depth == 0 && matches!(word.as_str(), ";" | "}") {
            break;
        }
    }
    at
}

/// Names and punctuation of a source text, without its comments, texts and characters.
fn words(source: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(length) = raw_text(rest) {
            length
        } else if first == '"' {
            quoted(rest, '"')
        } else if first == '\'' {
            // A character, or else a lifetime: the mark alone.
            let mut inner = rest[1..].chars();
            let (one, two) = (inner.next(), inner.next());
            if one == Some('\\') || two == Some('\'') { quoted(rest, '\'') } else { 1 }
        } else if word > 0 {
            let name = &rest[..word];
            // `r#type` is a name, `b"…"` a text.
            let prefix = matches!(name, "r" | "b" | "c") && rest[word..].starts_with(['#', '"', '\'']);
            if !prefix {
                words.push(name.to_owned());
            }
            word + usize::from(prefix && rest[word..].starts_with('#'))
        } else {
            if !first.is_whitespace() {
                words.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[skip..];
    }
    words
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        let rest = &text[at..];
        let Some(mark) = rest.find(['/', '*']) else { return text.len() };
        match rest.get(mark..mark + 2) {
            Some("/*") => depth += 1,
            Some("*/") => depth -= 1,
            _ => {
                at += mark + 1;
                continue;
            }
        }
        at += mark + 2;
        if depth == 0 {
            return at;
        }
    }
}

/// The length of `r"…"`, `br#"…"#` and the like, if one begins here.
fn raw_text(text: &str) -> Option<usize> {
    let marks = ["r", "br", "cr"].into_iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let inner = marks.trim_start_matches('#');
    let hashes = marks.len() - inner.len();
    let inner = inner.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inner.find(&end).unwrap_or(inner.len() - end.len()) + end.len();
    Some(text.len() - inner.len() + length)
}

/// The length of what begins with a quote, backslashes considered.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    end.map_or(text.len(), |(at, c)| at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SNIPPET: &str = r###"
        //! pub struct InDocs;
        /* pub struct InComment; /* pub struct Nested; */ pub struct AfterNested; */
        #[derive(Debug)]
        pub struct Plain;
        pub struct Generic<T: Fn() -> char = fn() -> char>(T) where T: Sized;
        pub enum Choice { A, B(pub_like::Thing) }
        pub union Both { pub union: u8 }
        pub unsafe trait Daring {}
        pub type Alias<'a> = &'a str;
        pub(crate) struct Inside;
        pub(super) enum InsideToo {}
        struct Private { pub field: u8 }
        pub fn function() { let _ = ("pub struct InText;", r#"pub struct "InRawText;"#, '"', b'\'', br"\"); }
        pub const NAME: &str = "\" pub struct InEscapedText;";
        pub use elsewhere::Reexport;
        pub struct r#Raw;
        mod private { pub struct Deep; }
        pin_project! {
            /// A future.
            pub struct Pinned<F> { #[pin] pub future: F }
        }
        macro_rules! make { ($name:ident) => { pub struct $name; } }
        #[cfg(test)]
        #[derive(Debug)]
        pub struct OnlyInTests { a: [u8; 2] }
        #[cfg(test)]
        mod tests { pub struct InTests; mod deeper { pub enum InTestsToo {} } }
        #[cfg(test)]
        mod elsewhere;
        struct Holder { #[cfg(test)] count: u8 }
        pub struct AfterField;
        #[cfg(not(test))]
        pub struct AlwaysThere;
        #[cfg(feature = "x")]
        pub
            struct
            Spread;
    "###;

    #[test]
    fn it_finds_every_public_type_and_nothing_else() {
        let expected = [
            "Plain",
            "Generic",
            "Choice",
            "Both",
            "Daring",
            "Alias",
            "Raw",
            "Deep",
            "Pinned",
            "$name",
            "AfterField",
            "AlwaysThere",
            "Spread",
        ];
        assert_eq!(types_in(SNIPPET), expected);
    }

    #[test]
    fn a_type_that_is_added_to_a_source_is_found_there() {
        let source = fs::read_to_string(format!("{CRATES}/auth-core/src/secret.rs")).unwrap();
        let before = types_in(&source);
        assert_eq!(before, ["Secret"]);
        assert_eq!(types_in(&format!("{source}\npub struct Added {{ key: String }}\n")), ["Secret", "Added"]);
    }
}

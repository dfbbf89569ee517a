//! The differences that are meant. Each has a name, which stands in `docs/reference/formats.md` with its reason.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What ours makes of a file: values, or the line that it refuses.
pub enum Ours<T> {
    Read(T),
    Refused(usize),
}

pub type Values = BTreeMap<String, String>;
pub type Sections = BTreeMap<String, Values>;

/// How a file compares.
pub enum Verdict {
    Same,
    /// Neither takes it, for the same line.
    BothRefuse,
    Rule(&'static str),
    Unexplained,
}

/// What python-dotenv makes of a file. A name without `=` has no value.
#[derive(Deserialize)]
pub struct PythonDotenv {
    values: BTreeMap<String, Option<String>>,
    bindings: Vec<Binding>,
}

#[derive(Deserialize)]
struct Binding {
    key: Option<String>,
    value: Option<String>,
    error: bool,
    first: usize,
    last: usize,
}

pub const DOTENV: [&str; 5] = ["env-blank", "env-control", "env-key", "env-no-value", "env-stops"];

pub fn dotenv(text: &str, ours: &Ours<Values>, python: &PythonDotenv) -> Verdict {
    let refused = python.bindings.iter().find(|binding| binding.error);
    match ours {
        Ours::Read(_) if refused.is_some() => Verdict::Unexplained,
        Ours::Read(ours) => {
            if same(ours, &python.values) {
                return Verdict::Same;
            }
            let keys = ours.keys().eq(python.values.keys());
            let explained = |(key, value): (&String, &String)| {
                python.values[key].as_ref() == Some(value) || value.contains(is_other_blank)
            };
            if keys && ours.iter().all(explained) { Verdict::Rule("env-blank") } else { Verdict::Unexplained }
        }
        Ours::Refused(line) => {
            let content = line_of(text, *line);
            if has_control(content) {
                return Verdict::Rule("env-control");
            }
            if refused.is_some_and(|binding| binding.last < *line) {
                return Verdict::Unexplained;
            }
            let covers = |binding: &&Binding| (binding.first..=binding.last).contains(line);
            let Some(binding) = python.bindings.iter().find(covers) else {
                // A line of nothing but white space, for Python.
                return if content.trim().is_empty() { Verdict::Rule("env-blank") } else { Verdict::Unexplained };
            };
            match (&binding.key, &binding.value) {
                _ if binding.error => Verdict::Rule("env-stops"),
                (Some(_), None) => Verdict::Rule("env-no-value"),
                // Nothing but `export`.
                (None, _) if content.trim_start().starts_with("export") => Verdict::Rule("env-no-value"),
                (Some(key), _) if !is_plain(key) || is_quoted(content) => Verdict::Rule("env-key"),
                _ if content.contains(is_other_blank) => Verdict::Rule("env-blank"),
                _ => Verdict::Unexplained,
            }
        }
    }
}

fn same(ours: &Values, python: &BTreeMap<String, Option<String>>) -> bool {
    ours.len() == python.len() && ours.iter().all(|(key, value)| python.get(key) == Some(&Some(value.clone())))
}

fn is_plain(key: &str) -> bool {
    key.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// Whether a quote stands in front of the `=`.
fn is_quoted(line: &str) -> bool {
    line.split('=').next().is_some_and(|key| key.contains('\''))
}

/// What configparser makes of a file, with its byte order mark and without.
#[derive(Deserialize)]
pub struct PythonIni {
    plain: PythonParsed,
    without_bom: PythonParsed,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PythonParsed {
    Refused { error: usize },
    Read { default: Values, sections: Sections },
}

pub const INI: [&str; 6] = ["ini-blank", "ini-bom", "ini-control", "ini-default", "ini-header", "ini-indent"];

pub fn ini(text: &str, ours: &Ours<Sections>, python: &PythonIni) -> Verdict {
    let bare = text.strip_prefix('\u{feff}');
    let verdict = ini_without_bom(bare.unwrap_or(text), ours, &python.without_bom);
    match (verdict, &python.plain) {
        (Verdict::Same, PythonParsed::Refused { .. }) if bare.is_some() => Verdict::Rule("ini-bom"),
        (verdict, _) => verdict,
    }
}

fn ini_without_bom(text: &str, ours: &Ours<Sections>, python: &PythonParsed) -> Verdict {
    let odd = |line: usize| line_of(text, line).contains(is_other_blank);
    match (ours, python) {
        (Ours::Refused(ours), PythonParsed::Refused { error }) if ours == error => Verdict::BothRefuse,
        (Ours::Refused(ours), PythonParsed::Refused { error }) if error < ours && !odd(*error) => Verdict::Unexplained,
        (Ours::Refused(line), _) => ini_refused(text, *line),
        (Ours::Read(_), PythonParsed::Refused { error }) => {
            if odd(*error) {
                Verdict::Rule("ini-blank")
            } else {
                Verdict::Unexplained
            }
        }
        (Ours::Read(ours), PythonParsed::Read { default, sections }) => {
            let inherited = inherit(ours, default);
            if *ours == *sections && default.is_empty() {
                Verdict::Same
            } else if inherited == *sections {
                Verdict::Rule("ini-default")
            } else if text.contains(is_other_blank) && stripped(&inherited) == stripped(sections) {
                Verdict::Rule("ini-blank")
            } else {
                Verdict::Unexplained
            }
        }
    }
}

fn ini_refused(text: &str, line: usize) -> Verdict {
    let content = line_of(text, line);
    let trimmed = content.trim_matches([' ', '\t', '\r']);
    if has_control(content) {
        Verdict::Rule("ini-control")
    } else if content.starts_with([' ', '\t']) && !content.contains(is_other_blank) {
        Verdict::Rule("ini-indent")
    } else if trimmed.starts_with('[') && !is_header(trimmed) {
        Verdict::Rule("ini-header")
    } else if trimmed == "[DEFAULT]" {
        Verdict::Rule("ini-default")
    } else if content.contains(is_other_blank) {
        Verdict::Rule("ini-blank")
    } else {
        Verdict::Unexplained
    }
}

fn is_header(line: &str) -> bool {
    let name = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
    name.is_some_and(|name| !name.contains(['[', ']']) && !name.trim_matches([' ', '\t']).is_empty())
}

/// Sections as configparser shows them: those of DEFAULT in each.
fn inherit(ours: &Sections, default: &Values) -> Sections {
    let of_ours = ours.get("DEFAULT").cloned().unwrap_or_default();
    if of_ours != *default && stripped_values(&of_ours) != stripped_values(default) {
        return Sections::new();
    }
    let others = ours.iter().filter(|(name, _)| *name != "DEFAULT");
    others.map(|(name, values)| (name.clone(), default.clone().into_iter().chain(values.clone()).collect())).collect()
}

fn stripped(sections: &Sections) -> Sections {
    sections.iter().map(|(name, values)| (name.clone(), stripped_values(values))).collect()
}

fn stripped_values(values: &Values) -> Values {
    values.iter().map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect()
}

/// The characters that Python takes for white space and we don't.
fn is_other_blank(c: char) -> bool {
    c.is_whitespace() && !matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn has_control(line: &str) -> bool {
    let line = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
    line.chars().any(|c| c.is_control() && c != '\t')
}

fn line_of(text: &str, number: usize) -> &str {
    text.split_inclusive('\n').nth(number - 1).unwrap_or_default()
}

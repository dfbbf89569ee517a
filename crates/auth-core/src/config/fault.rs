//! What is wrong with a line of a settings file.

use std::path::Path;

use thiserror::Error;

use crate::Error;
use crate::settings::shown;

/// A line that can't be understood, and why. Holds nothing of what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) reason: Reason,
}

/// Why a line can't be understood. No message repeats any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Reason {
    /// It has no meaning in this format.
    #[error("{0}")]
    Syntax(&'static str),
    /// A control character, or a CR without LF.
    #[error("a control character; end lines with LF or CRLF, and write none but tabs")]
    Control,
    /// A quoted value that the file ends in. The line is where the quote was opened.
    #[error("a quote is opened here and never closed")]
    UnterminatedQuote,
    /// A key before the first section.
    #[error("a key before the first section; put a line such as [default] above it")]
    NoSection,
    /// An indented line, which other readers take for more of the value above.
    #[error("an indented line; begin keys at the margin, and write each value on one line")]
    Continuation,
    /// A key that its section has already.
    #[error("the same key stands on line {0} already, perhaps in another case")]
    DuplicateKey(usize),
    /// A section that the file has already.
    #[error("the same section begins on line {0} already; unite them")]
    DuplicateSection(usize),
}

impl Fault {
    pub(crate) fn new(line: usize, reason: Reason) -> Self {
        Self { line, reason }
    }

    pub(crate) fn syntax(line: usize, reason: &'static str) -> Self {
        Self::new(line, Reason::Syntax(reason))
    }

    /// Its name in the corpus.
    #[cfg(test)]
    pub(crate) fn name(&self) -> String {
        let reason = match self.reason {
            Reason::Syntax(_) | Reason::Control => "Syntax",
            Reason::UnterminatedQuote => "UnterminatedQuote",
            Reason::NoSection => "NoSection",
            Reason::Continuation => "Continuation",
            Reason::DuplicateKey(_) => "DuplicateKey",
            Reason::DuplicateSection(_) => "DuplicateSection",
        };
        format!("{reason}(line {})", self.line)
    }

    /// The error of the file at `path`.
    pub(crate) fn in_file(self, path: &Path) -> Error {
        Error::misconfigured(format!("{}:{} can't be used: {}", shown(path), self.line, self.reason))
    }
}

/// What `parse` makes of a text, unless a control character stands before the first fault, or where there is none.
pub(crate) fn first<T>(text: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Result<T, Fault> {
    let parsed = parse(text);
    match (&parsed, control_character(text)) {
        (Err(fault), Some(control)) if fault.line < control.line => parsed,
        (_, Some(control)) => Err(control),
        (_, None) => parsed,
    }
}

fn control_character(text: &str) -> Option<Fault> {
    let is_bad = |line: &str| {
        let line = line.strip_suffix("\r\n").or(line.strip_suffix('\n')).unwrap_or(line);
        line.chars().any(|c| c.is_control() && c != '\t')
    };
    let at = text.split_inclusive('\n').position(is_bad)?;
    Some(Fault::new(at + 1, Reason::Control))
}

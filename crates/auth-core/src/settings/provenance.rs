//! Where a value came from.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::Env;

/// Where a value came from. `Display` says it in words that stand in an error: `the variable ACME_TOKEN`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provenance {
    /// An argument of the program's own code.
    Argument(Cow<'static, str>),
    /// A variable of the environment.
    Variable(String),
    /// A key in a file: `.env`, a profile, a vendor's own.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1, if it is known.
        line: Option<usize>,
        /// The key or variable in it; empty if the value is the whole file.
        key: String,
        /// Whether the file was found in the working directory, and not in a place of the user's: whoever wrote what one
        /// happens to stand in wrote it.
        nearby: bool,
    },
    /// Injected by the platform the program runs on.
    Platform(Cow<'static, str>),
    /// Built in.
    Default,
}

impl Provenance {
    /// The name it goes by there: of the argument, the variable, the key in a file.
    pub fn name(&self) -> &str {
        match self {
            Self::Argument(name) | Self::Platform(name) => name,
            Self::Variable(name) | Self::File { key: name, .. } => name,
            Self::Default => "",
        }
    }

    /// Whether the value stands in a file of the working directory. A credential from elsewhere does not follow an endpoint
    /// from there.
    pub fn is_nearby(&self) -> bool {
        matches!(self, Self::File { nearby: true, .. })
    }

    /// The place of what stands in the file that is named here. A file of the working directory that names one elsewhere
    /// names what it has no business with.
    pub(crate) fn of_file(&self, path: &Path, env: &Env) -> Self {
        let mut place = self.clone();
        if let Self::File { nearby, .. } = &mut place {
            *nearby = *nearby && env.is_nearby(path);
        }
        place
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(name) => write!(f, "the argument `{name}`"),
            Self::Variable(name) => write!(f, "the variable {name}"),
            Self::File { path, line, key, .. } => {
                if !key.is_empty() {
                    write!(f, "{key} in ")?;
                }
                f.write_str(&shown(path))?;
                line.map_or(Ok(()), |line| write!(f, ":{line}"))
            }
            Self::Platform(name) => write!(f, "the platform ({name})"),
            Self::Default => f.write_str("the default"),
        }
    }
}

/// A path as errors show it: its end, if it is long.
pub(crate) fn shown(path: &Path) -> String {
    shortened(&path.display().to_string(), 100)
}

/// The end of a text, if it is longer than so many bytes, without control characters: an error is one line.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let mut start = text.len().saturating_sub(longest);
    if start == 0 {
        return text;
    }
    while !text.is_char_boundary(start) {
        start += 1;
    }
    format!("..{}", &text[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_shows_its_end_and_no_control_characters() {
        let long = PathBuf::from(format!("/{}ü/credentials\n", "é".repeat(200)));
        let text = shown(&long);
        assert!(text.len() < 110 && text.starts_with("..") && text.ends_with("ü/credentials\u{fffd}"), "{text}");
    }
}

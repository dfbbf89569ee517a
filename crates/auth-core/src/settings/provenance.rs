//! Where a value came from.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::{Env, Error};

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
    /// A place, itself the user's, that a file of the working directory chose: as an endpoint it is as good as that file's own,
    /// as a credential it is the user's.
    ChosenNearby(Box<Provenance>),
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
            Self::ChosenNearby(place) => place.name(),
            Self::Default => "",
        }
    }

    /// Whether the value stands in a file of the working directory, or is one that such a file chose: an endpoint that is may
    /// not be trusted with a credential from elsewhere.
    pub fn is_nearby(&self) -> bool {
        matches!(self, Self::File { nearby: true, .. } | Self::ChosenNearby(_))
    }

    /// Whether the value is the working directory's own, all the way: a credential that is may go where its file says.
    pub(crate) fn is_nearbys_own(&self) -> bool {
        matches!(self, Self::File { nearby: true, .. })
    }

    /// Whether both are written in the same file, whoever's it is.
    pub(crate) fn is_same_file(&self, other: &Self) -> bool {
        match (self.itself(), other.itself()) {
            (Self::File { path: one, .. }, Self::File { path: other, .. }) => one == other,
            _ => false,
        }
    }

    /// The same place; with `tainted` one that is no better, as an endpoint, than the working directory, and only with `own` as
    /// well one whose credentials are the working directory's.
    pub(crate) fn judged(self, tainted: bool, own: bool) -> Self {
        let mut place = match self {
            Self::ChosenNearby(place) => *place,
            place => place,
        };
        let is_own = tainted && own;
        if let Self::File { nearby, .. } = &mut place {
            *nearby = is_own;
        }
        if tainted && !place.is_nearby() { Self::ChosenNearby(Box::new(place)) } else { place }
    }

    /// The place of what stands in the file that is named here: no better as an endpoint than either, and the working
    /// directory's own as a credential only if both are.
    pub(crate) fn of_file(&self, path: &Path, env: &Env) -> Self {
        let place = Self::File { path: path.to_owned(), line: None, key: String::new(), nearby: false };
        self.judge_by(place, path, env)
    }

    /// This place, which names a file, judged like what stands in that: where it is to be shown who named it.
    #[cfg(feature = "skyflow")]
    pub(crate) fn naming(&self, path: &Path, env: &Env) -> Self {
        self.judge_by(self.clone(), path, env)
    }

    fn judge_by(&self, place: Self, path: &Path, env: &Env) -> Self {
        let stands = env.standing(path);
        place.judged(self.is_nearby() || stands.is_nearby, self.is_nearbys_own() && stands.is_own)
    }

    /// A path that is written here: from the folder of the file it stands in, else from the working directory. `~/` is the home
    /// folder.
    pub(crate) fn beside(&self, path: &Path, env: &Env) -> Result<PathBuf, Error> {
        match self.file().and_then(Path::parent).filter(|_| !path.starts_with("~")) {
            Some(folder) => Ok(folder.join(path)),
            None => env.resolve(path),
        }
    }

    /// The file it stands in, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self.itself() {
            Self::File { path, .. } => Some(path),
            _ => None,
        }
    }

    fn itself(&self) -> &Self {
        match self {
            Self::ChosenNearby(place) => place,
            place => place,
        }
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
            Self::ChosenNearby(place) => place.fmt(f),
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

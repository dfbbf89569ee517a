//! What a chain has to say about itself.

use std::borrow::Cow;
use std::fmt;

use crate::Error;
use crate::error::one_line;
use crate::settings::Explanation;

/// What became of the links of a chain, in their order. `Display` is a line a link and, indented, where its settings came
/// from. Holds no secret.
#[derive(Clone, Debug)]
pub struct ChainExplanation {
    pub(super) chosen: Option<String>,
    pub(super) links: Vec<LinkExplanation>,
}

/// What became of one link.
#[derive(Clone, Debug)]
pub struct LinkExplanation {
    pub(super) name: Cow<'static, str>,
    pub(super) state: LinkState,
    pub(super) settings: Explanation,
}

/// How a link stands.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum LinkState {
    /// Nobody has asked it, because one before it is used or broken, or because no token was needed yet.
    #[default]
    NotTried,
    /// Nothing is configured for it; why.
    NotConfigured(Error),
    /// It is configured and brought no token; why. The chain stops here.
    Broken(Error),
    /// The chain's tokens come from it; and why not the last time, if that failed.
    Used(Option<Error>),
}

impl ChainExplanation {
    /// The links.
    pub fn links(&self) -> &[LinkExplanation] {
        &self.links
    }

    /// The link whose name stands in `AUTHCTL_SOURCE`, if it is set.
    pub fn chosen(&self) -> Option<&str> {
        self.chosen.as_deref()
    }
}

impl LinkExplanation {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it stands.
    pub fn state(&self) -> &LinkState {
        &self.state
    }

    /// Where its settings came from.
    pub fn settings(&self) -> &Explanation {
        &self.settings
    }
}

impl LinkState {
    /// Why it is not used, or was not the last time.
    pub fn reason(&self) -> Option<&Error> {
        match self {
            Self::NotConfigured(error) | Self::Broken(error) | Self::Used(Some(error)) => Some(error),
            Self::NotTried | Self::Used(None) => None,
        }
    }
}

impl fmt::Display for LinkState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotTried => "not tried",
            Self::NotConfigured(_) => "not configured",
            Self::Broken(_) => "broken",
            Self::Used(_) => "used",
        })
    }
}

impl fmt::Display for LinkExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.state)?;
        if let Some(error) = self.state.reason() {
            write!(f, "\n  why: {}", one_line(error))?;
        }
        let settings = self.settings.to_string();
        settings.lines().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl fmt::Display for ChainExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.links.iter().try_for_each(|link| writeln!(f, "{link}"))?;
        match &self.chosen {
            Some(name) => writeln!(f, "AUTHCTL_SOURCE chooses {name}"),
            None => Ok(()),
        }
    }
}

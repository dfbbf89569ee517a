//! What can be asked for.

use crate::Error;

pub(crate) enum Command {
    /// Every figure but the weights.
    All(Extent),
    /// How many crates each brings, how long they build, how large a program gets. Builds each for minutes.
    Weight,
    /// As a kubectl plugin: asks an issuer and prints what it says.
    Exec { url: String },
    /// The server of the end-to-end figures: a process of its own.
    Serve,
}

/// How long to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Minutes; the figures count.
    Full,
    /// Seconds; shows that everything runs.
    Quick,
}

impl Extent {
    pub(crate) fn choose<T>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

const USAGE: &str = "peers [--quick] | weight | exec URL | serve";

impl Command {
    pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Self, Error> {
        let args: Vec<String> = args.collect();
        match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => Ok(Self::All(Extent::Full)),
            ["--quick"] => Ok(Self::All(Extent::Quick)),
            ["weight"] => Ok(Self::Weight),
            ["exec", url] => Ok(Self::Exec { url: url.to_owned() }),
            ["serve"] => Ok(Self::Serve),
            _ => Err(format!("usage: {USAGE}").into()),
        }
    }
}

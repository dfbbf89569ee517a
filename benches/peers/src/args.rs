//! What can be asked for.

pub(crate) use auth_benches::Extent;

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

//! What can be asked for.

use crate::extent::Extent;
use crate::{Contender, Error};

pub(crate) enum Command {
    /// Every figure.
    All(Extent),
    /// The end-to-end figures alone.
    EndToEnd,
    /// The gate; with `record`, writes down what it measured.
    Cost { record: bool },
    /// Sends `hits` requests and ends: what runs under valgrind.
    Count { contender: Contender, hits: usize },
    /// The server of the end-to-end figures: a process of its own.
    Serve,
}

const USAGE: &str = "all [--quick] | end-to-end | cost [--record] | count CONTENDER HITS | serve";

impl Command {
    pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Self, Error> {
        // Cargo adds `--bench`.
        let args: Vec<String> = args.filter(|arg| arg != "--bench").collect();
        let words: Vec<&str> = args.iter().map(String::as_str).collect();
        match words[..] {
            ["all"] => Ok(Self::All(Extent::Full)),
            ["all", "--quick"] => Ok(Self::All(Extent::Quick)),
            ["end-to-end"] => Ok(Self::EndToEnd),
            ["cost"] => Ok(Self::Cost { record: false }),
            ["cost", "--record"] => Ok(Self::Cost { record: true }),
            ["count", contender, hits] => {
                Ok(Self::Count { contender: Contender::parse(contender)?, hits: hits.parse()? })
            }
            ["serve"] => Ok(Self::Serve),
            _ => Err(format!("usage: {USAGE}").into()),
        }
    }
}

//! Heap allocations of one hit.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::api::{ORIGIN, request};
use super::contender::Contender;
use super::material::{Clock, Material};
use crate::Error;

/// The line for what a copy of a request's head takes.
const COPY: &str = "copy";

/// Prints a line for each contender, and one for the copy that replay needs. `measure` counts what a closure allocates.
///
/// # Errors
/// If a contender can't be made.
pub fn print_allocations(measure: impl Fn(&mut dyn FnMut()) -> u64) -> Result<(), Error> {
    let material = Material::new(Clock::System)?;
    for contender in Contender::ALL {
        let mut sender = material.sender(contender)?;
        sender.build(1);
        println!("{} {}", contender.key(), measure(&mut || assert!(sender.send() > 0)));
    }
    let request = request(&format!("{ORIGIN}/items").parse()?);
    println!("{COPY} {}", measure(&mut || drop((request.headers().clone(), request.uri().clone()))));
    Ok(())
}

/// What the binary `allocations` counted.
pub(crate) struct Allocations(BTreeMap<String, u64>);

impl Allocations {
    pub(crate) fn count(binary: &Path) -> Result<Self, Error> {
        let output = Command::new(binary).output()?;
        if !output.status.success() {
            return Err(format!("{}: {}", binary.display(), String::from_utf8_lossy(&output.stderr)).into());
        }
        let lines = String::from_utf8(output.stdout)?;
        let counts = lines.lines().filter_map(|line| line.split_once(' '));
        Ok(Self(counts.map(|(key, count)| Ok((key.to_owned(), count.parse()?))).collect::<Result<_, Error>>()?))
    }

    pub(crate) fn of(&self, contender: Contender) -> Result<u64, Error> {
        self.named(contender.key())
    }

    /// What a copy of a request's head takes.
    pub(crate) fn of_copy(&self) -> Result<u64, Error> {
        self.named(COPY)
    }

    fn named(&self, key: &str) -> Result<u64, Error> {
        self.0.get(key).copied().ok_or_else(|| format!("no allocations were counted for {key}").into())
    }
}

//! Instructions, counted by callgrind: the same in every run, so that a gate can be built on them.

use std::process::{Command, Stdio};

use super::contender::Contender;
use super::material::{Clock, Material};
use crate::Error;

/// Hits of the shorter of two runs. Their difference leaves the program's start out.
const HITS: usize = 2000;
/// Requests that are built at once: so few that their memory stays in the allocator's quickest lists, which hold seven
/// pieces of a size. Beyond them, freeing costs now more, now less.
const BATCH: usize = 4;
/// Counting starts where this function is entered and stops where it is left: sending counts, building requests doesn't.
const COUNTED: &str = "*auth_benches*sender*deliver*";

/// Instructions for one hit.
pub(crate) fn per_hit(contender: Contender) -> Result<f64, Error> {
    let more = run(contender, 2 * HITS)?.checked_sub(run(contender, HITS)?).filter(|more| *more > 0);
    let more = more.ok_or("callgrind counted no instruction: does it find the function that counts?")?;
    Ok(more as f64 / HITS as f64)
}

/// The part of a run that valgrind looks at.
pub(crate) fn count(contender: Contender, hits: usize) -> Result<(), Error> {
    let mut sender = Material::new(Clock::Still)?.sender(contender)?;
    for _ in 0..hits / BATCH {
        sender.build(BATCH);
        sender.send();
    }
    Ok(())
}

/// Instructions of a run of this program.
fn run(contender: Contender, hits: usize) -> Result<u64, Error> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", &format!("--toggle-collect={COUNTED}")])
        .arg(std::env::current_exe()?)
        .args(["count", contender.key(), &hits.to_string()])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("valgrind can't be run, which `bash .ci/run cost` installs: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("valgrind failed:\n{said}").into());
    }
    // ==1234== Collected : 5678
    let collected = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    collected.ok_or_else(|| format!("valgrind said nothing of what it collected:\n{said}").into())
}

//! Heap allocations of one hit, counted by a program of its own.

use std::collections::BTreeMap;
use std::process::Command;

use auth_benches::ORIGIN;

use super::hit::start;
use super::lane::{Lane, warm};
use super::runtime;
use crate::contender::Shape;
use crate::stand::Stands;
use crate::{Count, Error, contenders};

/// Requests of the longer of two runs; the shorter has one. Their difference leaves out what each run takes.
const HITS: usize = 9;

/// Prints a line for each lane.
pub(crate) fn print(count: Count) -> Result<(), Error> {
    let (contenders, stands, runtime) = (contenders::all(), Stands::new()?, runtime()?);
    let clients = runtime.block_on(start(&contenders, &stands, ORIGIN))?;
    for lane in Lane::all(&contenders, &clients) {
        let label = contenders[lane.place].label;
        let mut sender = lane.sender(&contenders, &clients)?;
        runtime.block_on(warm(label, &mut *sender))?;
        let mut of = |hits| {
            sender.build(hits);
            let mut sent = Ok(0);
            let allocations = count(&mut || sent = runtime.block_on(sender.send()));
            sent.map(|_| allocations)
        };
        // The room for the requests grows the first time.
        of(HITS)?;
        let more = of(HITS)? - of(1)?;
        let each = more.div_euclid(HITS as u64 - 1);
        println!("{each} {:?} {label}", lane.shape);
    }
    Ok(())
}

/// What that program counted.
pub(crate) struct Allocations(BTreeMap<String, u64>);

impl Allocations {
    pub(crate) fn count() -> Result<Self, Error> {
        let program = std::env::current_exe()?.with_file_name(format!("allocations{}", std::env::consts::EXE_SUFFIX));
        let output = Command::new(&program).output().map_err(|error| format!("{}: {error}", program.display()))?;
        if !output.status.success() {
            return Err(format!("{}: {}", program.display(), String::from_utf8_lossy(&output.stderr)).into());
        }
        let lines = String::from_utf8(output.stdout)?;
        let counts = lines.lines().filter_map(|line| line.split_once(' '));
        Ok(Self(counts.map(|(count, lane)| Ok((lane.to_owned(), count.parse()?))).collect::<Result<_, Error>>()?))
    }

    pub(crate) fn of(&self, shape: Shape, label: &str) -> Result<u64, Error> {
        let lane = format!("{shape:?} {label}");
        self.0.get(&lane).copied().ok_or_else(|| format!("no allocations were counted for {lane}").into())
    }
}

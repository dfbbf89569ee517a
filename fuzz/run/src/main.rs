//! `just fuzz`: seeds for every target, a run of each, two at a time, a table, and a control that has to fail.
//!
//! `auth-fuzz-run <folder of the built targets> <seconds a target> [targets]`; `FUZZ_SEED` makes the fuzzer choose as it did before.

mod report;
mod run;
mod seeds;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use run::{Outcome, Run};

/// All targets but the control, by what stands in `fuzz_targets`.
fn targets(fuzz: &Path) -> Result<Vec<String>, String> {
    let folder = fuzz.join("fuzz_targets");
    let files = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> = files
        .filter_map(|file| Some(file.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .filter(|name| name != CONTROL)
        .collect();
    names.sort();
    Ok(names)
}

/// A target over a reader that is broken on purpose.
const CONTROL: &str = "planted";

/// How long the control may look for it. It takes a second.
const CONTROL_SECONDS: u64 = 60;

fn main() -> ExitCode {
    match all() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn all() -> Result<bool, String> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: auth-fuzz-run <folder of the built targets> <seconds a target> [targets]";
    let built = PathBuf::from(arguments.next().ok_or(usage)?);
    let seconds: u64 = arguments.next().and_then(|seconds| seconds.parse().ok()).filter(|s| *s > 0).ok_or(usage)?;
    let seed = match std::env::var("FUZZ_SEED") {
        Ok(seed) => Some(seed.parse().map_err(|_| "FUZZ_SEED has to be a number below 2^32")?),
        Err(_) => None,
    };
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let known = targets(&fuzz)?;
    let mut wanted: Vec<String> = arguments.collect();
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(name)) {
        return Err(format!("there is no target {unknown}; there are: {}", known.join(" ")));
    }
    if wanted.is_empty() {
        wanted.clone_from(&known);
    }
    let seeds = seeds::write_all(&fuzz)?;
    if let Some(without) = known.iter().find(|name| !seeds.contains_key(*name)) {
        return Err(format!("{without} has no seeds: give it some in fuzz/run/src/seeds.rs"));
    }
    println!("{} seeds, {seconds} s a target, two at a time", seeds.values().sum::<usize>());

    let control = Run { fuzz: &fuzz, built: &built, seconds: CONTROL_SECONDS, seed }.target(CONTROL)?;
    if control.outcome != Outcome::Crashed {
        report::print(&[control]);
        return Err(format!("{CONTROL} did not crash: what is planted was not found, so nothing would be"));
    }
    println!("{CONTROL}: found after {} runs in {} s, as it has to be", control.runs, control.seconds);

    let run = Run { fuzz: &fuzz, built: &built, seconds, seed };
    let queue = Mutex::new(wanted.iter().rev().collect::<Vec<_>>());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(name) = queue.lock().ok().and_then(|mut queue| queue.pop()) else { return };
                    let ran = run.target(name);
                    if let Ok(mut done) = done.lock() {
                        done.push(ran);
                    }
                }
            });
        }
    });
    let ran = done.into_inner().map_err(|_| "a run panicked")?;
    let mut rows = ran.into_iter().collect::<Result<Vec<_>, _>>()?;
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    report::print(&rows);
    Ok(rows.len() == wanted.len() && rows.iter().all(|row| row.outcome == Outcome::Clean))
}

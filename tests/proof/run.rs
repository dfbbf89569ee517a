//! All scenarios over all front ends, many at once.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};

use crate::expectation::{self, Expectation};
use crate::ledger::Ledger;
use crate::overheard;
use crate::scenarios::{self, Act, Scenario};
use crate::scene::Seen;

/// So many at once: the most of them wait.
const AT_ONCE: usize = 16;

/// Of the world's clock. Whatever has no end by then has none.
const LONGEST: Duration = Duration::from_secs(300);

/// Of real time, on a machine that has more to do: most scenarios take a tenth of a second, and 100 MiB some seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// What all of them came to.
pub(crate) struct Ran {
    pub(crate) rows: Vec<Row>,
    /// What stands in the file and nowhere else, or the other way round.
    pub(crate) strangers: Vec<String>,
    pub(crate) lines: usize,
    ledger: Ledger,
}

/// One scenario over each front end.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) given: String,
    pub(crate) within: u64,
    pub(crate) cells: Vec<Cell>,
}

pub(crate) struct Cell {
    pub(crate) front: &'static str,
    /// Without one it panicked, or had no end.
    pub(crate) seen: Option<Seen>,
    pub(crate) differences: Vec<String>,
}

impl Ran {
    pub(crate) fn is_as_expected(&self) -> bool {
        self.strangers.is_empty() && self.rows.iter().flat_map(|row| &row.cells).all(|cell| cell.differences.is_empty())
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}

/// All scenarios whose names contain one of these.
pub(crate) async fn all(wanted: &[String]) -> Ran {
    these(scenarios::all(), expectation::all(), wanted).await
}

/// These scenarios, of which this is expected.
pub(crate) async fn these(scenarios: Vec<Scenario>, expected: BTreeMap<String, Expectation>, wanted: &[String]) -> Ran {
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    let mut strangers: Vec<String> = Vec::new();
    let known = |row: &str| scenarios.iter().any(|scenario| expectation::names(row, &scenario.name));
    let is_here = |row: &str| !scenarios::ELSEWHERE.iter().any(|group| row.starts_with(group));
    let unknown = expected.keys().filter(|row| is_here(row) && !known(row));
    strangers.extend(unknown.map(|row| format!("nothing does {row}")));
    let mut chosen = Vec::new();
    for Scenario { name, given, expectation, acts } in scenarios {
        match expectation.or_else(|| expectation::of(&expected, &name)) {
            Some(expectation) if is_wanted(&name) => chosen.push((name, given, expectation, acts)),
            Some(_) => {}
            None => strangers.push(format!("nothing is expected of {name}")),
        }
    }
    let runs: Vec<_> = chosen
        .iter()
        .enumerate()
        .flat_map(|(number, (_, _, _, acts))| acts.iter().map(move |(front, act)| (number, *front, Arc::clone(act))))
        .collect();
    let mut cells: BTreeMap<usize, Vec<(&'static str, Option<Seen>)>> = BTreeMap::new();
    let mut lines = 0;
    let mut ledger = Ledger::default();
    let mut running = stream::iter(runs)
        .map(|(number, front, act)| async move { (number, front, alone(move || act()).await) })
        .buffer_unordered(AT_ONCE);
    while let Some((number, front, (seen, leaks, heard))) = running.next().await {
        cells.entry(number).or_default().push((front, seen));
        ledger.leaked.extend(leaks.into_iter().map(|leak| format!("{}, {front}: {leak}", chosen[number].0)));
        lines += heard;
    }
    drop(running);
    let mut rows = Vec::new();
    for (number, (name, given, expectation, _)) in chosen.into_iter().enumerate() {
        let mut cells = cells.remove(&number).unwrap_or_default();
        cells.sort_by_key(|(front, _)| *front);
        let within = expectation.within;
        let given = given.unwrap_or_else(|| expectation.given.clone());
        let cells =
            cells.into_iter().map(|(front, seen)| cell(&name, front, seen, &expectation, &mut ledger)).collect();
        rows.push(Row { name, given, within, cells });
    }
    let (leaks, elsewhere) = overheard::leaks();
    ledger.leaked.extend(leaks);
    ledger.lost.extend(overheard::panics().into_iter().map(|words| format!("a panic: {words}")));
    Ran { rows, strangers, lines: lines + elsewhere, ledger }
}

/// On a runtime and a thread of its own: what it says and what it panics with is its own, and its clock goes on only when all
/// that could run has run.
async fn alone(act: impl FnOnce() -> Act + Send + 'static) -> (Option<Seen>, Vec<String>, usize) {
    let thread = tokio::task::spawn_blocking(move || {
        overheard::begin_here();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let act = async move { tokio::time::timeout(LONGEST, act()).await.ok() };
        let begun = Instant::now();
        let seen = std::panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(act))).ok().flatten();
        let took = begun.elapsed();
        let seen = if took < PATIENCE { seen } else { seen.map(|seen| seen.and_lost(format!("it took {took:.0?}"))) };
        runtime.shutdown_background();
        let (leaks, lines) = overheard::end_here();
        (seen, leaks, lines)
    });
    thread.await.unwrap()
}

fn cell(name: &str, front: &'static str, seen: Option<Seen>, all: &Expectation, ledger: &mut Ledger) -> Cell {
    let expected = all.of(front);
    let Some(mut seen) = seen else {
        let what = "it panicked, or did not end".to_owned();
        ledger.add(Ledger { lost: vec![format!("{name}, {front}: {what}")], ..Ledger::default() });
        return Cell { front, seen: None, differences: vec![what] };
    };
    if seen.left_out.is_some() {
        return Cell { front, seen: Some(seen), differences: Vec::new() };
    }
    let mut own = std::mem::take(&mut seen.ledger);
    for entries in [&mut own.lost, &mut own.let_in, &mut own.leaked] {
        entries.iter_mut().for_each(|entry| *entry = format!("{name}, {front}: {entry}"));
    }
    own.extra = seen.fetches.saturating_sub(expected.fewest);
    own.extra_bound = expected.extra_bound();
    ledger.add(own);
    let differences = expected.differences(&seen);
    Cell { front, seen: Some(seen), differences }
}

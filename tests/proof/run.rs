//! All scenarios over all front ends, many at once.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt, stream};

use crate::expectation::{self, Expectation};
use crate::ledger::Ledger;
use crate::overheard;
use crate::scenarios::{self, Act};
use crate::scene::Seen;

/// So many at once: the most of them wait.
const AT_ONCE: usize = 16;

/// Of the world's clock. Whatever has no end by then has none.
const LONGEST: Duration = Duration::from_secs(60);

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
    pub(crate) name: &'static str,
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

pub(crate) async fn all(wanted: &[String]) -> Ran {
    let expected = expectation::all();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    let scenarios = scenarios::all();
    let mut strangers: Vec<String> = Vec::new();
    let known: Vec<&str> = scenarios.iter().map(|scenario| scenario.name).collect();
    strangers.extend(
        expected
            .keys()
            .filter(|name| !scenarios::ELSEWHERE.iter().any(|group| name.starts_with(group)))
            .filter(|name| !known.contains(&name.as_str()))
            .map(|name| format!("nothing does {name}")),
    );
    strangers.extend(
        known.iter().filter(|name| !expected.contains_key(**name)).map(|name| format!("nothing is expected of {name}")),
    );
    let chosen: Vec<_> = scenarios
        .into_iter()
        .filter(|scenario| is_wanted(scenario.name))
        .filter_map(|scenario| Some((scenario.name, expected.get(scenario.name)?.clone(), scenario.acts)))
        .collect();
    let runs: Vec<_> = chosen
        .iter()
        .enumerate()
        .flat_map(|(number, (_, _, acts))| acts.iter().map(move |(front, act)| (number, *front, *act)))
        .collect();
    let mut cells: BTreeMap<usize, Vec<(&'static str, Option<Seen>)>> = BTreeMap::new();
    let mut running = stream::iter(runs)
        .map(|(number, front, act)| async move { (number, front, one(act).await) })
        .buffer_unordered(AT_ONCE);
    while let Some((number, front, seen)) = running.next().await {
        cells.entry(number).or_default().push((front, seen));
    }
    drop(running);
    let mut ledger = Ledger::default();
    let mut rows = Vec::new();
    for (number, (name, expectation, _)) in chosen.into_iter().enumerate() {
        let mut cells = cells.remove(&number).unwrap_or_default();
        cells.sort_by_key(|(front, _)| *front);
        let within = expectation.within;
        let given = expectation.given.clone();
        let cells = cells.into_iter().map(|(front, seen)| cell(name, front, seen, &expectation, &mut ledger)).collect();
        rows.push(Row { name, given, within, cells });
    }
    let (leaks, lines) = overheard::leaks();
    ledger.leaked.extend(leaks);
    Ran { rows, strangers, lines, ledger }
}

/// On a task of its own, so that what it panics with is its own.
async fn one(act: fn() -> Act) -> Option<Seen> {
    let act = tokio::spawn(AssertUnwindSafe(async move { act().await }).catch_unwind());
    tokio::time::timeout(LONGEST, act).await.ok()?.ok()?.ok()
}

fn cell(name: &str, front: &'static str, seen: Option<Seen>, all: &Expectation, ledger: &mut Ledger) -> Cell {
    let expected = all.of(front);
    let Some(mut seen) = seen else {
        let what = "it panicked, or did not end".to_owned();
        ledger.add(Ledger { lost: vec![format!("{name}, {front}: {what}")], ..Ledger::default() });
        return Cell { front, seen: None, differences: vec![what] };
    };
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

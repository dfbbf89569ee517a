//! What came out, as tables and counters.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::{Counter, Failure, Fine, Wrong};
use crate::front::Front;
use crate::place::Path;
use crate::server::Kind;

/// So many failures are shown.
const SHOWN: usize = 20;

#[derive(Default)]
pub(crate) struct Report {
    rows: BTreeMap<(usize, Kind, Path), Row>,
    /// What was said to twins.
    said: BTreeMap<(Wrong, Kind), BTreeSet<String>>,
    failures: Vec<String>,
    lost: usize,
    let_in: usize,
    broken: usize,
    extra: usize,
    leaks: BTreeSet<String>,
    /// Which front end passed how often.
    fronts: BTreeMap<Front, usize>,
}

#[derive(Default)]
struct Row {
    name: String,
    passed: usize,
    of: usize,
    refused: usize,
    twins: usize,
}

impl Report {
    pub(crate) fn row(&mut self, number: usize, name: String, kind: Kind, path: Path) {
        self.rows.insert((number, kind, path), Row { name, ..Row::default() });
    }

    pub(crate) fn passed(&mut self, key: (usize, Kind, Path), front: Front, result: Result<Fine, Failure>) {
        let row = self.rows.get_mut(&key).unwrap();
        row.of += 1;
        match result {
            Ok(fine) => {
                row.passed += 1;
                *self.fronts.entry(front).or_default() += 1;
                self.extra += fine.extra;
            }
            Err(failure) => self.failed(key, None, failure),
        }
    }

    pub(crate) fn refused(&mut self, key: (usize, Kind, Path), wrong: Wrong, result: Result<Fine, Failure>) {
        let row = self.rows.get_mut(&key).unwrap();
        row.twins += 1;
        match result {
            Ok(fine) => {
                row.refused += 1;
                self.extra += fine.extra;
                self.said.entry((wrong, key.1)).or_default().insert(fine.said);
            }
            Err(failure) => self.failed(key, Some(wrong), failure),
        }
    }

    fn failed(&mut self, key: (usize, Kind, Path), wrong: Option<Wrong>, Failure(counter, what): Failure) {
        match counter {
            Counter::Lost => self.lost += 1,
            Counter::LetIn => self.let_in += 1,
            Counter::Broken => self.broken += 1,
        }
        let twin = wrong.map_or(String::new(), |wrong| format!(", {}", wrong.name()));
        let (name, kind, path) = (&self.rows[&key].name, key.1.name(), key.2.name());
        self.failures.push(format!("{name}{twin}; {kind}, {path}: {counter:?}: {what}"));
    }

    /// Where a secret showed, and which.
    pub(crate) fn leaked(&mut self, place: &str, secrets: Vec<String>) {
        self.leaks.extend(secrets.into_iter().map(|secret| format!("{place} shows {secret}")));
    }

    pub(crate) fn is_fine(&self) -> bool {
        self.lost + self.let_in + self.broken + self.extra + self.leaks.len() == 0
    }

    pub(crate) fn text(&self) -> String {
        let mut text =
            String::from("| flow | server | path | passed | twins refused |\n| --- | --- | --- | --- | --- |\n");
        for ((_, kind, path), row) in &self.rows {
            let Row { name, passed, of, refused, twins } = row;
            text += &format!("| {name} | {} | {} | {passed}/{of} | {refused}/{twins} |\n", kind.name(), path.name());
        }
        text += "\n| twin | server | answer, and what we make of it |\n| --- | --- | --- |\n";
        for ((wrong, kind), said) in &self.said {
            let said = said.iter().map(String::as_str).collect::<Vec<_>>().join("; ");
            text += &format!("| {} | {} | {said} |\n", wrong.name(), kind.name());
        }
        text += "\n";
        for failure in self.failures.iter().take(SHOWN) {
            text += &format!("FAILED {failure}\n");
        }
        for leak in &self.leaks {
            text += &format!("LEAK {leak}\n");
        }
        let fronts: Vec<_> = self.fronts.iter().map(|(front, count)| format!("{} {count}", front.name())).collect();
        let sum = |count: fn(&Row) -> usize| self.rows.values().map(count).sum::<usize>();
        text += &format!(
            "passed {}/{} ({}), twins refused {}/{}\nLOST {}\nLET-IN {}\nLEAKED {}\nEXTRA {}, at most 0\n",
            sum(|row| row.passed),
            sum(|row| row.of),
            fronts.join(", "),
            sum(|row| row.refused),
            sum(|row| row.twins),
            self.lost,
            self.let_in,
            self.leaks.len(),
            self.extra,
        );
        text
    }
}

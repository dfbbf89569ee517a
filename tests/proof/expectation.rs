//! What must come of each scenario, from `tests/data/scenarios.json`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::scene::Seen;

const FILE: &str = include_str!("../data/scenarios.json");

/// What must come of a scenario, or of several: a `*` in the name stands for anything.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    /// In a sentence. The emulator's own scenarios and the rows of the corpus bring theirs.
    #[serde(default)]
    pub(crate) given: String,
    /// In the order in which they ended: a status, the kind of an error, `client`, or `dropped` by its caller. `200 x50` is
    /// fifty of them.
    pub(crate) outcomes: Vec<String>,
    /// How many token requests arrive.
    pub(crate) fetches: Count,
    /// With how few one could have done.
    pub(crate) fewest: usize,
    /// How many requests arrive at the API.
    pub(crate) requests: Count,
    /// In so many seconds of the scene's clock at most, sleep apart.
    pub(crate) within: u64,
    /// Where a front end differs, and must.
    #[serde(default)]
    pub(crate) but: BTreeMap<String, Difference>,
}

/// Exactly so many, or some of a range.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(crate) enum Count {
    Exactly(usize),
    Between(usize, usize),
}

/// In place of what all others come to.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    /// Why.
    #[allow(dead_code, reason = "for readers of the file")]
    because: String,
    outcomes: Option<Vec<String>>,
    fetches: Option<Count>,
    requests: Option<Count>,
}

/// All of them, by the scenarios' names.
pub(crate) fn all() -> BTreeMap<String, Expectation> {
    serde_json::from_str(FILE).unwrap_or_else(|error| panic!("tests/data/scenarios.json: {error}"))
}

/// What is expected of this one: under its own name, or under the longest that it matches.
pub(crate) fn of(all: &BTreeMap<String, Expectation>, name: &str) -> Option<Expectation> {
    let rows = all.iter().filter(|(row, _)| names(row, name));
    rows.max_by_key(|(row, _)| (!row.contains('*'), row.len())).map(|(_, expectation)| expectation.clone())
}

/// Whether this row of the file is about a scenario of this name.
pub(crate) fn names(row: &str, name: &str) -> bool {
    match row.split_once('*') {
        None => row == name,
        Some((begin, rest)) => {
            let Some(left) = name.strip_prefix(begin) else { return false };
            left.char_indices().map(|(at, _)| at).chain([left.len()]).any(|at| names(rest, &left[at..]))
        }
    }
}

impl Count {
    fn holds(self, count: usize) -> bool {
        match self {
            Self::Exactly(wanted) => count == wanted,
            Self::Between(least, most) => (least..=most).contains(&count),
        }
    }

    fn most(self) -> usize {
        match self {
            Self::Exactly(most) | Self::Between(_, most) => most,
        }
    }

    fn words(self) -> String {
        match self {
            Self::Exactly(wanted) => wanted.to_string(),
            Self::Between(least, most) => format!("{least} to {most}"),
        }
    }
}

impl Expectation {
    /// As it is for one front end.
    pub(crate) fn of(&self, front: &str) -> Self {
        let mut own = self.clone();
        if let Some(difference) = self.but.get(front) {
            own.outcomes = difference.outcomes.clone().unwrap_or(own.outcomes);
            own.fetches = difference.fetches.unwrap_or(own.fetches);
            own.requests = difference.requests.unwrap_or(own.requests);
        }
        own
    }

    /// Token requests above the fewest possible that are allowed.
    pub(crate) fn extra_bound(&self) -> usize {
        self.fetches.most().saturating_sub(self.fewest)
    }

    /// What is not as it must be.
    pub(crate) fn differences(&self, seen: &Seen) -> Vec<String> {
        let mut found = Vec::new();
        let outcomes = folded(&seen.outcomes);
        if outcomes != self.outcomes {
            found.push(format!("came to {outcomes:?}, not {:?}", self.outcomes));
        }
        for (what, count, wanted) in
            [("token requests", seen.fetches, self.fetches), ("API requests", seen.requests, self.requests)]
        {
            if !wanted.holds(count) {
                found.push(format!("{count} {what}, not {}", wanted.words()));
            }
        }
        if seen.took > Duration::from_secs(self.within) {
            found.push(format!("took {:?}, more than {} s", seen.took, self.within));
        }
        found
    }
}

/// Neighbours that are alike become one: `200 x50`.
pub(crate) fn folded(outcomes: &[String]) -> Vec<String> {
    outcomes
        .chunk_by(|one, next| one == next)
        .map(|same| if same.len() == 1 { same[0].clone() } else { format!("{} x{}", same[0], same.len()) })
        .collect()
}

//! `cost.json`: what a hit cost when somebody last looked.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::GATED;
use crate::Error;
use crate::hit::Contender;
use crate::report::Table;

#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Record {
    about: Vec<String>,
    /// Another compiler makes other code.
    pub(super) rustc: String,
    /// What a copy of a request's head allocates.
    pub(super) copy_allocations: u64,
    hits: BTreeMap<String, Cost>,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
pub(super) struct Cost {
    pub(super) instructions: f64,
    pub(super) allocations: u64,
}

const ABOUT: [&str; 3] = [
    "Written by `cargo bench -p auth-benches -- cost --record`; read by `bash .ci/run cost`.",
    "Compared are the ratios ours/static and ours-cloned/static-cloned, with and without replay: at most 2 % above these,",
    "10 % if rustc is another one. The counts themselves are for people: they change with the machine.",
];

impl Record {
    pub(super) fn new(rustc: String, copy_allocations: u64) -> Self {
        Self { about: ABOUT.map(str::to_owned).to_vec(), rustc, copy_allocations, hits: BTreeMap::new() }
    }

    fn path() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cost.json")
    }

    pub(super) fn read() -> Result<Self, Error> {
        Ok(serde_json::from_str(&fs::read_to_string(Self::path())?)?)
    }

    pub(super) fn write(&self) -> Result<(), Error> {
        Ok(fs::write(Self::path(), serde_json::to_string_pretty(self)? + "\n")?)
    }

    pub(super) fn add(&mut self, contender: Contender, cost: Cost) {
        // A tenth of an instruction says nothing, and would be a line in every diff.
        let instructions = cost.instructions.round();
        self.hits.insert(contender.key().to_owned(), Cost { instructions, ..cost });
    }

    pub(super) fn knows(&self, contender: Contender) -> bool {
        self.hits.contains_key(contender.key())
    }

    pub(super) fn of(&self, contender: Contender) -> Result<Cost, Error> {
        self.hits
            .get(contender.key())
            .copied()
            .ok_or_else(|| format!("no cost is known for {}", contender.key()).into())
    }

    /// Instructions of `contender` in those of `against`.
    pub(super) fn ratio(&self, contender: Contender, against: Contender) -> Result<f64, Error> {
        Ok(self.of(contender)?.instructions / self.of(against)?.instructions)
    }

    pub(super) fn table(&self) -> Result<Table, Error> {
        let mut table = Table::new(["a hit", "instructions", "allocations", "a static header", "ratio", "limit"]);
        for gated in &GATED {
            let (cost, floor) = (self.of(gated.contender)?, self.of(gated.against)?);
            table.row([
                gated.contender.key().to_owned(),
                cost.instructions.to_string(),
                cost.allocations.to_string(),
                floor.instructions.to_string(),
                format!("{:.3}", self.ratio(gated.contender, gated.against)?),
                gated.limit.map_or_else(String::new, |limit| limit.to_string()),
            ]);
        }
        Ok(table)
    }
}

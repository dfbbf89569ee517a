//! What is counted, and must be 0; and one count that has a bound.

use std::fmt;

/// Each entry is a sentence about what happened.
#[derive(Default)]
pub(crate) struct Ledger {
    /// Requests without an outcome, waiters that nobody woke, bodies that were altered on their second way, refresh tokens that
    /// were replaced and not kept.
    pub(crate) lost: Vec<String>,
    /// What was accepted and should not have been.
    pub(crate) let_in: Vec<String>,
    /// Secrets where none may be.
    pub(crate) leaked: Vec<String>,
    /// Token requests above the fewest possible.
    pub(crate) extra: usize,
    /// The most of them that the scenarios allow.
    pub(crate) extra_bound: usize,
}

impl Ledger {
    pub(crate) fn add(&mut self, other: Self) {
        self.lost.extend(other.lost);
        self.let_in.extend(other.let_in);
        self.leaked.extend(other.leaked);
        self.extra += other.extra;
        self.extra_bound += other.extra_bound;
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.let_in.is_empty() && self.leaked.is_empty() && self.extra <= self.extra_bound
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, entries) in [("LOST", &self.lost), ("LET-IN", &self.let_in), ("LEAKED", &self.leaked)] {
            writeln!(f, "{name} {}", entries.len())?;
            entries.iter().try_for_each(|entry| writeln!(f, "    {entry}"))?;
        }
        write!(f, "EXTRA {} (at most {})", self.extra, self.extra_bound)
    }
}

//! What was found out about a source.

use std::fmt;

/// What came of one promise.
#[derive(Clone, Debug)]
enum Found {
    Kept,
    Broken(String),
    /// Why it was not looked at.
    Skipped(&'static str),
}

/// What a [`SourceCheck`](super::SourceCheck) has found: a line for each promise. Holds no secret.
#[derive(Clone, Debug)]
#[must_use = "what was found is looked at by `assert()`"]
pub struct SourceReport(Vec<(&'static str, Found)>);

impl SourceReport {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// Kept, or why not.
    pub(super) fn note(&mut self, promise: &'static str, result: Result<(), String>) {
        self.0.push((promise, result.map_or_else(Found::Broken, |()| Found::Kept)));
    }

    pub(super) fn skip(&mut self, promise: &'static str, why: &'static str) {
        self.0.push((promise, Found::Skipped(why)));
    }

    /// The promises that are broken, by their names, such as `remembers no token`.
    pub fn broken(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().filter(|(_, found)| matches!(found, Found::Broken(_))).map(|(promise, _)| *promise)
    }

    /// Those that were not looked at: of a server that always states an end, or whose grant is
    /// [exchanged](super::SourceCheck::exchanged_at).
    pub fn skipped(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().filter(|(_, found)| matches!(found, Found::Skipped(_))).map(|(promise, _)| *promise)
    }

    /// Whether none is.
    pub fn is_ok(&self) -> bool {
        self.broken().next().is_none()
    }

    /// Ends a test that has found something.
    ///
    /// # Panics
    /// If a promise is broken; the message is the whole table.
    #[track_caller]
    pub fn assert(&self) {
        assert!(self.is_ok(), "the source breaks what it should keep\n{self}");
    }
}

/// A line for each promise, the reason behind a broken one.
impl fmt::Display for SourceReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (promise, found) in &self.0 {
            match found {
                Found::Kept => writeln!(f, "kept    {promise}")?,
                Found::Broken(why) => writeln!(f, "BROKEN  {promise}: {why}")?,
                Found::Skipped(why) => writeln!(f, "skipped {promise}: {why}")?,
            }
        }
        Ok(())
    }
}

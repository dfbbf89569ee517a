//! One check, and what came of it.

use serde_json::{Value, json};

use crate::failure::Exit;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    /// It works, and should not stay so.
    Warn,
    Fail,
    /// It was not made; the summary says why.
    Skipped,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}

/// What came of a check. Nothing in it is secret.
#[derive(Clone, Debug)]
pub(super) struct Check {
    /// Scripts and `docs/guides/doctor.md` know it by this name: it stays.
    pub(super) id: &'static str,
    pub(super) status: Status,
    pub(super) summary: String,
    /// What to do about it.
    pub(super) fix: Option<String>,
    pub(super) details: Vec<String>,
    /// The check that has to go well first.
    pub(super) because: Option<&'static str>,
    /// What a script is told if it is the first that failed.
    pub(super) exit: Exit,
}

impl Check {
    fn new(id: &'static str, status: Status, summary: impl Into<String>) -> Self {
        let (fix, details, because) = (None, Vec::new(), None);
        Self { id, status, summary: summary.into(), fix, details, because, exit: Exit::Failed }
    }

    pub(super) fn ok(id: &'static str, summary: impl Into<String>) -> Self {
        Self::new(id, Status::Ok, summary)
    }

    pub(super) fn warn(id: &'static str, summary: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..Self::new(id, Status::Warn, summary) }
    }

    pub(super) fn fail(id: &'static str, summary: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..Self::new(id, Status::Fail, summary) }
    }

    pub(super) fn skipped(id: &'static str, why: impl Into<String>) -> Self {
        Self::new(id, Status::Skipped, why)
    }

    /// Not made, because that other one did not go well.
    pub(super) fn after(id: &'static str, other: &'static str) -> Self {
        Self { because: Some(other), ..Self::skipped(id, "") }
    }

    pub(super) fn with_exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    pub(super) fn with_details(self, details: impl IntoIterator<Item = String>) -> Self {
        Self { details: details.into_iter().collect(), ..self }
    }

    pub(super) fn is_failed(&self) -> bool {
        self.status == Status::Fail
    }

    /// The other one that has to go well first, by its number among `all`.
    pub(super) fn summary(&self, all: &[Self]) -> String {
        let Some(other) = self.because else { return self.summary.clone() };
        let number = all.iter().position(|check| check.id == other).map_or(0, |at| at + 1);
        format!("because of {number} ({other})")
    }

    pub(super) fn json(&self, all: &[Self]) -> Value {
        json!({
            "id": self.id,
            "status": self.status.name(),
            "summary": self.summary(all),
            "fix": self.fix,
            "details": self.details,
        })
    }
}

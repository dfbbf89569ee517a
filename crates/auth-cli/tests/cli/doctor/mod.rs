//! `authctl doctor`: each check goes red by what it is about.

mod certificate;
mod local;
mod page;
mod servers;
mod systems;

use serde_json::Value;

use crate::rig::{Ended, User};

/// What the checks came to, and the exit code.
#[derive(Debug)]
struct Checked {
    checks: Vec<Value>,
    code: Option<i32>,
}

async fn doctor(user: &User, line: &str) -> Checked {
    Checked::of(user.run(&format!("doctor --json {line}")).await)
}

impl Checked {
    fn of(ended: Ended) -> Self {
        let checks = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
        Self { checks, code: ended.code }
    }

    fn check(&self, id: &str) -> &Value {
        self.checks.iter().find(|check| check["id"] == id).unwrap()
    }

    fn status(&self, id: &str) -> &str {
        self.check(id)["status"].as_str().unwrap()
    }

    /// That it ended so, with these words in its summary, its fix or its details; and has a fix unless all is well.
    #[track_caller]
    fn is(&self, id: &str, status: &str, words: &[&str]) {
        let check = self.check(id);
        assert_eq!(check["status"], status, "{check:#}\n{:#?}", self.checks);
        assert_eq!(check["fix"].is_string(), matches!(status, "warn" | "fail"), "{check:#}");
        for word in words {
            assert!(check.to_string().contains(word), "{word:?} is not in {check:#}");
        }
    }

    fn ids_that(&self, status: &str) -> Vec<&str> {
        let those = self.checks.iter().filter(|check| check["status"] == status);
        those.map(|check| check["id"].as_str().unwrap()).collect()
    }
}

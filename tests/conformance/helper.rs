//! A helper program. It is a real one, on a tokio runtime beside the virtual clocks: what it does takes no time of the case.

use std::path::PathBuf;
use std::time::Duration;

use auth_core::Env;
use auth_core::sources::{Exec, ExecFormat};
use serde_json::Value;
use tokio::runtime::{EnterGuard, Runtime};

use super::case::{Helper, NoProgram};
use super::clock::Clock;
use super::moments::{Tokens, fill_in};

/// Prints, complains, and ends with a status, or hangs.
const SCRIPT: &str = r#"printf %s "$2"; printf %s "$3" >&2; [ "$4" = hangs ] || exit "$4"; "#;

pub(crate) struct HelperProgram {
    exec: Exec,
    runtime: Runtime,
    hangs: bool,
    file: Option<PathBuf>,
    #[cfg(unix)]
    lifeline: crate::rig::Lifeline,
}

#[cfg(unix)]
impl HelperProgram {
    pub(crate) fn new(helper: &Helper, clock: &Clock, tokens: &Tokens) -> Self {
        use crate::rig::{HANG, Lifeline};
        if let Some(name) = &helper.token {
            tokens.issue(name, None, clock);
        }
        let prints = match fill_in(&helper.prints, clock, tokens) {
            Value::Null => String::new(),
            Value::String(text) => text,
            json => json.to_string(),
        };
        let lifeline = Lifeline::new();
        let status = if helper.hangs { "hangs".to_owned() } else { helper.exits.to_string() };
        let script = format!("{SCRIPT}{HANG}");
        let fifo = lifeline.path().display().to_string();
        let mut exec = match helper.is {
            None => Exec::new("sh", ["-c", &script, "sh", &fifo, &prints, &helper.complains, &status]),
            Some(NoProgram::Missing) => Exec::new("no-such-helper", ["--key=argument-secret"]),
            Some(NoProgram::NotExecutable) => {
                Exec::new(lifeline.path().with_extension("file"), ["--key=argument-secret"])
            }
        };
        let file = matches!(helper.is, Some(NoProgram::NotExecutable)).then(|| lifeline.path().with_extension("file"));
        if let Some(file) = &file {
            std::fs::write(file, "#!/bin/sh\n").unwrap();
        }
        exec = exec.in_env(Env::of([("PATH", "/usr/bin:/bin")]));
        if let Some(format) = &helper.format {
            exec = exec.format(ExecFormat::parse(format).unwrap());
        }
        if let Some(limit) = helper.limit {
            exec = exec.limit(Duration::from_secs_f64(limit));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Self { exec, runtime, hangs: helper.hangs, file, lifeline }
    }

    /// Whether it ends by itself. One that does not is waited for until it is up.
    pub(crate) fn works(&self) -> bool {
        if self.hangs {
            self.lifeline.hears();
        }
        !self.hangs
    }

    /// Waits until nothing of it runs any more.
    pub(crate) fn is_gone(&self) {
        self.lifeline.is_let_go();
    }
}

#[cfg(not(unix))]
impl HelperProgram {
    pub(crate) fn new(_: &Helper, _: &Clock, _: &Tokens) -> Self {
        panic!("the family runs on Unix")
    }

    pub(crate) fn works(&self) -> bool {
        !self.hangs
    }

    pub(crate) fn is_gone(&self) {}
}

impl HelperProgram {
    pub(crate) fn source(&self) -> Exec {
        self.exec.clone()
    }

    /// Tasks run on tokio until the guard is dropped.
    pub(crate) fn enter(&self) -> EnterGuard<'_> {
        self.runtime.enter()
    }
}

impl Drop for HelperProgram {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            let _gone = std::fs::remove_file(file);
        }
    }
}

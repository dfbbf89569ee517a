//! One run of one target, and what libFuzzer says of it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

/// The longest input; real ones are a few hundred bytes.
const LONGEST: usize = 4096;

/// One input may take no longer (on a machine that has more to do), and all no more memory than this.
const TIMEOUT_SECONDS: u64 = 10;
const MEMORY_MB: u64 = 1024;

pub struct Run<'a> {
    pub fuzz: &'a Path,
    /// Where the built targets are.
    pub built: &'a Path,
    pub seconds: u64,
    /// What the fuzzer's choices follow from; another one every time without.
    pub seed: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Clean,
    Crashed,
    TimedOut,
    OutOfMemory,
    /// It ended, and not as a fuzzer does.
    Broken,
}

pub struct Row {
    pub name: String,
    pub outcome: Outcome,
    pub runs: u64,
    pub per_second: u64,
    /// Edges of the program that an input has reached.
    pub edges: u64,
    pub inputs: u64,
    pub seconds: u64,
    /// The end of what it said, if it is not clean.
    pub said: String,
}

impl Run<'_> {
    pub fn target(&self, name: &str) -> Result<Row, String> {
        let corpus = self.fuzz.join("corpus").join(name);
        let artifacts = self.fuzz.join("artifacts").join(name);
        for folder in [&corpus, &artifacts] {
            std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let mut command = Command::new(self.built.join(name));
        command
            .arg(format!("-max_total_time={}", self.seconds))
            .arg(format!("-timeout={TIMEOUT_SECONDS}"))
            .arg(format!("-rss_limit_mb={MEMORY_MB}"))
            .arg(format!("-max_len={LONGEST}"))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .args(["-print_final_stats=1", "-use_value_profile=0", "-verbosity=1"]);
        if let Some(seed) = &self.seed {
            command.arg(format!("-seed={seed}"));
        }
        let files = in_memory().map_err(|error| format!("no temporary folder: {error}"))?;
        command.env("TMPDIR", files.path());
        command.arg(&corpus).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let began = Instant::now();
        let ended = command.output().map_err(|error| format!("{name} can't be started: {error}"))?;
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        Ok(row(name, &said, ended.status.success(), began.elapsed().as_secs()))
    }
}

/// Where files cost no disk, if there is such a place.
fn in_memory() -> std::io::Result<TempDir> {
    const SHARED_MEMORY: &str = "/dev/shm";
    TempDir::with_prefix_in("auth-fuzz-", SHARED_MEMORY).or_else(|_| TempDir::with_prefix("auth-fuzz-"))
}

fn row(name: &str, said: &str, success: bool, seconds: u64) -> Row {
    let outcome = match success {
        _ if said.contains("ERROR: libFuzzer: timeout") => Outcome::TimedOut,
        _ if said.contains("ERROR: libFuzzer: out-of-memory") => Outcome::OutOfMemory,
        _ if said.contains("ERROR: libFuzzer:") || said.contains("SUMMARY:") => Outcome::Crashed,
        true if said.contains("Done ") => Outcome::Clean,
        _ => Outcome::Broken,
    };
    // `#4194304	pulse  cov: 530 ft: 1200 corp: 100/5kb lim: 4096 exec/s: 100 rss: 50Mb`
    let status = said.lines().rev().find(|line| line.starts_with('#') && line.contains("cov: "));
    let after = |word: &str| {
        let rest = status?.split_once(word)?.1.trim_start();
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let stat = |word: &str| said.lines().find_map(|line| line.strip_prefix(word)?.trim().parse().ok());
    let last = status.and_then(|line| line[1..].split_whitespace().next()?.parse().ok());
    let runs = stat("stat::number_of_executed_units:").or(last).unwrap_or(0);
    let tail: Vec<&str> = said.lines().filter(|line| !line.starts_with('#')).collect();
    let tail = tail[tail.len().saturating_sub(60)..].join("\n");
    Row {
        name: name.to_owned(),
        outcome,
        runs,
        per_second: stat("stat::average_exec_per_sec:").unwrap_or_else(|| runs / seconds.max(1)),
        edges: after("cov:").unwrap_or(0),
        inputs: after("corp:").unwrap_or(0),
        seconds,
        said: if outcome == Outcome::Clean { String::new() } else { tail },
    }
}

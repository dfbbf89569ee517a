//! Processes that are killed or terminated, at the worst moment; and what the next one finds.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::sync::Arc;

use auth_core::store::write_private;
use auth_emulator::systems::OAuth;
use auth_emulator::{Fault, Gate};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::task::spawn_blocking;

use crate::front::Front;
use crate::program::{self, LIFELINE, Plot, REFRESH_TOKEN, TOKEN};
use crate::rig::Lifeline;
use crate::scene::{Scene, Seen, Time};

super::scenarios! {
    "process/kill-in-flight": killed_in_flight,
    "process/term-in-flight": terminated_in_flight,
    "process/three-at-once": three_at_once,
    "process/kill-in-keeping": killed_in_keeping,
    "process/disk-full": disk_full,
    "process/kill-before-rotation": killed_before_rotation,
    "process/kill-after-rotation": killed_after_rotation,
    "process/kill-in-rotation": killed_in_rotation,
    "process/term-in-rotation": terminated_in_rotation,
    "process/kill-with-helper": killed_with_helper,
    "process/term-with-helper": terminated_with_helper,
}

/// Programs of one user, one after the other.
struct User<F: Front> {
    scene: Scene<F>,
    home: TempDir,
}

impl<F: Front> User<F> {
    async fn new() -> Self {
        let scene = Scene::at(Time::Real, super::api_key).await;
        Self { scene, home: tempfile::tempdir().unwrap() }
    }

    /// One who has signed in.
    async fn signed_in() -> Self {
        let user = Self::new().await;
        let token = user.scene.emulator.oauth().refresh_token(OAuth::PUBLIC_CLIENT_ID);
        write_private(&user.home.path().join(REFRESH_TOKEN), token.as_bytes()).unwrap();
        user.keep_secret();
        user
    }

    /// The refresh token that is saved now.
    fn keep_secret(&self) {
        self.scene.keep_secret(fs::read_to_string(self.home.path().join(REFRESH_TOKEN)).unwrap());
    }

    fn starts(&self, plot: Plot) -> Child {
        program::of(&self.scene, plot, self.home.path()).spawn().unwrap()
    }

    /// What it says is what comes of it; or what it ended by.
    async fn sees(&self, program: Child) {
        let ended = program.wait_with_output().await.unwrap();
        self.scene.heard(String::from_utf8_lossy(&ended.stderr));
        String::from_utf8_lossy(&ended.stdout).lines().for_each(|line| self.scene.saw(line));
        if let Some(signal) = ended.status.signal() {
            self.scene.saw(format!("signal {signal}"));
        }
    }

    async fn runs(&self, plot: Plot) {
        self.sees(self.starts(plot)).await;
    }

    async fn ends(&self, program: Child, by: Signal) {
        signal(&program, by);
        self.sees(program).await;
    }

    /// The refresh token that the issuer has put in the place of another has to be there.
    async fn must_be_signed_in(self) -> Seen {
        self.keep_secret();
        self.runs(Plot::Refresh).await;
        self.keep_secret();
        let seen = self.scene.seen();
        match seen.outcomes.last().map(String::as_str) {
            Some("200") => seen,
            _ => seen.and_lost("a refresh token that was replaced was not kept"),
        }
    }
}

fn signal(program: &Child, signal: Signal) {
    let id = program.id().expect("nobody has waited for it");
    kill(Pid::from_raw(id.try_into().unwrap()), signal).unwrap();
}

/// While it fetches, with the lock of the kept token in its hands; two more come after it.
async fn in_flight<F: Front>(by: Signal) -> Seen {
    let user = User::<F>::new().await;
    user.scene.emulator.token_faults().once(Fault::Hold(Gate::new()));
    let program = user.starts(Plot::Key);
    user.scene.emulator.wait_for_token_requests(1).await;
    user.ends(program, by).await;
    user.runs(Plot::Key).await;
    user.runs(Plot::Key).await;
    user.scene.seen()
}

async fn killed_in_flight<F: Front>() -> Seen {
    in_flight::<F>(Signal::SIGKILL).await
}

async fn terminated_in_flight<F: Front>() -> Seen {
    in_flight::<F>(Signal::SIGTERM).await
}

async fn three_at_once<F: Front>() -> Seen {
    let user = User::<F>::new().await;
    let programs = [user.starts(Plot::Key), user.starts(Plot::Key), user.starts(Plot::Key)];
    for program in programs {
        user.sees(program).await;
    }
    user.scene.seen()
}

/// The kernel ends it with part of the token written: no chance, each time.
async fn killed_in_keeping<F: Front>() -> Seen {
    let user = User::<F>::new().await;
    for plot in [Plot::KeyCutOff, Plot::Key, Plot::Key] {
        user.runs(plot).await;
    }
    user.scene.seen()
}

async fn disk_full<F: Front>() -> Seen {
    let user = User::<F>::new().await;
    for plot in [Plot::KeyOnFullDisk, Plot::Key, Plot::Key] {
        user.runs(plot).await;
    }
    user.scene.seen()
}

/// The issuer has got the refresh token, and has not answered.
async fn killed_before_rotation<F: Front>() -> Seen {
    let user = User::<F>::signed_in().await;
    user.scene.emulator.token_faults().once(Fault::Hold(Gate::new()));
    let program = user.starts(Plot::Refresh);
    user.scene.emulator.wait_for_token_requests(1).await;
    user.ends(program, Signal::SIGKILL).await;
    user.must_be_signed_in().await
}

/// The first request with the new access token has just arrived.
async fn killed_after_rotation<F: Front>() -> Seen {
    let user = User::<F>::signed_in().await;
    user.scene.emulator.api_faults().once(Fault::Hold(Gate::new()));
    let program = user.starts(Plot::Refresh);
    user.scene.emulator.wait_for_api_requests(1).await;
    user.ends(program, Signal::SIGKILL).await;
    user.must_be_signed_in().await
}

/// Waits until it has said a line, which is not seen as an outcome.
async fn says(program: &mut Child) {
    let mut out = BufReader::new(program.stdout.take().expect("it has not been read"));
    let mut line = String::new();
    out.read_line(&mut line).await.unwrap();
    // What was read ahead is nothing: whoever has said it waits.
    program.stdout = Some(out.into_inner());
}

/// Between the issuer's answer and the end of the program's hook.
async fn killed_in_rotation<F: Front>() -> Seen {
    let user = User::<F>::signed_in().await;
    let mut program = user.starts(Plot::RefreshWithoutSaving);
    says(&mut program).await;
    user.ends(program, Signal::SIGKILL).await;
    user.runs(Plot::Refresh).await;
    user.scene.seen()
}

async fn terminated_in_rotation<F: Front>() -> Seen {
    let user = User::<F>::signed_in().await;
    let gate = Gate::new();
    user.scene.emulator.token_faults().once(Fault::Hold(gate.clone()));
    let mut program = user.starts(Plot::RefreshInOrder);
    user.scene.emulator.wait_for_token_requests(1).await;
    signal(&program, Signal::SIGTERM);
    says(&mut program).await;
    gate.open();
    user.sees(program).await;
    user.must_be_signed_in().await
}

/// A program whose helper hangs: the ids of the helper and of what it has started.
async fn helping<F: Front>(user: &User<F>, plot: Plot) -> (Child, Arc<Lifeline>, Pid) {
    let lifeline = Arc::new(Lifeline::new());
    symlink(lifeline.path(), user.home.path().join(LIFELINE)).unwrap();
    let program = user.starts(plot);
    let hears = Arc::clone(&lifeline);
    let line = spawn_blocking(move || hears.hears()).await.unwrap();
    let helper = line.split(' ').nth(1).unwrap().parse().unwrap();
    (program, lifeline, Pid::from_raw(helper))
}

fn token_at(path: &Path, token: &str) {
    fs::write(path, token).unwrap();
}

/// Its helper goes on, and must not have the lock.
async fn killed_with_helper<F: Front>() -> Seen {
    let user = User::<F>::new().await;
    let (program, lifeline, helper) = helping(&user, Plot::Helper).await;
    user.ends(program, Signal::SIGKILL).await;
    token_at(&user.home.path().join(TOKEN), &user.scene.emulator.issue_token());
    user.runs(Plot::Helper).await;
    killpg(helper, Signal::SIGKILL).expect("it goes on, as docs/THREAT_MODEL.md says");
    spawn_blocking(move || lifeline.is_let_go()).await.unwrap();
    user.scene.seen()
}

async fn terminated_with_helper<F: Front>() -> Seen {
    let user = User::<F>::new().await;
    let (program, lifeline, _) = helping(&user, Plot::HelperInOrder).await;
    user.ends(program, Signal::SIGTERM).await;
    spawn_blocking(move || lifeline.is_let_go()).await.unwrap();
    user.scene.seen()
}

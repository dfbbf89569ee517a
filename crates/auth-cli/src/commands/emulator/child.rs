//! The command that runs beside the emulator.

use std::ffi::OsStr;
use std::io;
use std::process::{ExitCode, ExitStatus};

use auth_core::adapter::io_reason;
use tokio::process::{Child, Command};

use crate::failure::{Exit, Failure};

/// What asks this process to end, caught from now on.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    #[cfg(unix)]
    pub(super) fn new() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let caught = |kind| signal(kind).map_err(|error| not_caught(&error));
        Ok(Self {
            terminate: caught(SignalKind::terminate())?,
            hang_up: caught(SignalKind::hangup())?,
            interrupt: caught(SignalKind::interrupt())?,
        })
    }

    #[cfg(windows)]
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c().map_err(|error| not_caught(&error))? })
    }

    /// Waits for one.
    pub(super) async fn end(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(windows)]
        self.interrupt.recv().await;
    }

    /// Passes on to the child what only this process got. A terminal interrupts both: the child decides what that means.
    async fn forward(&mut self, child: Option<u32>) {
        #[cfg(unix)]
        loop {
            use nix::sys::signal::{Signal, kill};
            let signal = tokio::select! {
                _ = self.terminate.recv() => Signal::SIGTERM,
                _ = self.hang_up.recv() => Signal::SIGHUP,
                _ = self.interrupt.recv() => continue,
            };
            if let Some(id) = child.and_then(|id| i32::try_from(id).ok()) {
                // An error means that it has ended, which is what was wanted.
                let _ = kill(nix::unistd::Pid::from_raw(id), signal);
            }
        }
        #[cfg(windows)]
        {
            let _ = child;
            loop {
                self.interrupt.recv().await;
            }
        }
    }
}

fn not_caught(error: &io::Error) -> Failure {
    Failure::failed(format!("signals can't be caught: {}", io_reason(error.kind())))
}

/// Runs it to its end, and says how it ended.
pub(super) async fn run(mut command: Command, program: &OsStr, signals: &mut Signals) -> Result<ExitCode, Failure> {
    let failed =
        |error: io::Error| Failure::failed(format!("{} can't be run: {}", program.display(), io_reason(error.kind())));
    let mut child: Child = command.spawn().map_err(failed)?;
    let id = child.id();
    let status = tokio::select! {
        status = child.wait() => status.map_err(failed)?,
        () = signals.forward(id) => unreachable!("it goes on for ever"),
    };
    Ok(code(status))
}

/// As a shell says it: the exit code, or 128 and the signal that ended it.
fn code(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX));
    }
    status.code().and_then(|code| u8::try_from(code).ok()).map_or_else(|| Exit::Failed.code(), ExitCode::from)
}

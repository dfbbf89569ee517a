//! What asks a process that serves to end.

use std::io;

use crate::failure::Failure;

/// SIGTERM and SIGINT, caught from now on.
#[derive(Debug)]
pub(crate) struct End {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl End {
    pub(crate) fn new() -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::failed(format!("signals can't be caught: {}", error.kind()));
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let caught = |kind| signal(kind).map_err(failed);
            Ok(Self { terminate: caught(SignalKind::terminate())?, interrupt: caught(SignalKind::interrupt())? })
        }
        #[cfg(windows)]
        {
            Ok(Self { interrupt: tokio::signal::windows::ctrl_c().map_err(failed)? })
        }
    }

    /// Waits for the next.
    pub(crate) async fn asked(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(windows)]
        self.interrupt.recv().await;
    }
}

//! Signals for the program.
//!
//! It runs in the same process group, so the terminal's (Ctrl-C, Ctrl-\, a hangup) reach it without our doing; job control works as
//! if there was nobody between. Those that another process sends reach only this one, and are passed on. The kernel says which is
//! which. A process that signals the whole group reaches both, and the program gets that one twice.

/// What has arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received {
    /// Its number.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there is nothing to pass on"))]
    pub(crate) signal: i32,
    /// Whether a process sent it, so that the program has not had it.
    pub(crate) is_sent: bool,
    /// Whether it asks for an end.
    pub(crate) is_end: bool,
}

impl Signals {
    /// Waits for one that asks for an end, where no program is there to decide what it means.
    pub(crate) async fn end(&mut self) {
        while !self.next().await.is_end {}
    }
}

#[cfg(unix)]
fn not_heard(error: &std::io::Error) -> crate::failure::Failure {
    crate::failure::Failure::failed(format!(
        "signals can't be received: {}",
        auth_core::adapter::io_reason(error.kind())
    ))
}

#[cfg(unix)]
mod unix {
    use std::thread;

    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    use signal_hook::iterator::SignalsInfo;
    use signal_hook::iterator::exfiltrator::WithOrigin;
    use tokio::sync::mpsc;

    use super::{Received, not_heard};
    use crate::failure::Failure;

    /// What is passed on. Not those of job control: the terminal stops and continues all of the group.
    const PASSED: [Signal; 6] =
        [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT, Signal::SIGUSR1, Signal::SIGUSR2];
    /// What asks for an end.
    const ENDS: [Signal; 4] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT];

    /// Signals as they arrive.
    #[derive(Debug)]
    pub(crate) struct Signals(mpsc::UnboundedReceiver<Received>);

    impl Signals {
        /// From now on they end nobody by themselves.
        pub(crate) fn listen() -> Result<Self, Failure> {
            let ignored = ignored();
            let heard =
                PASSED.into_iter().map(|signal| signal as i32).filter(|signal| ignored >> (signal - 1) & 1 == 0);
            let mut signals = SignalsInfo::<WithOrigin>::new(heard).map_err(|error| not_heard(&error))?;
            let (sender, receiver) = mpsc::unbounded_channel();
            // Lives as long as the process, which waits for it nowhere.
            thread::spawn(move || {
                for origin in signals.forever() {
                    let signal = origin.signal;
                    let is_end = ENDS.iter().any(|end| *end as i32 == signal);
                    if sender.send(Received { signal, is_sent: origin.process.is_some(), is_end }).is_err() {
                        return;
                    }
                }
            });
            Ok(Self(receiver))
        }

        /// The next one.
        pub(crate) async fn next(&mut self) -> Received {
            match self.0.recv().await {
                Some(received) => received,
                // The thread has no other end than the process's.
                None => std::future::pending().await,
            }
        }
    }

    /// Gives it to the program. If that has just ended, nobody needs it.
    pub(crate) fn send(child: &tokio::process::Child, signal: i32) {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        if let (Some(id), Ok(signal)) = (id, Signal::try_from(signal)) {
            let _ = kill(Pid::from_raw(id), signal);
        }
    }

    /// Asks it to end.
    pub(crate) fn ask_to_end(child: &mut tokio::process::Child) {
        send(child, Signal::SIGTERM as i32);
    }

    /// The signals that this process was told to ignore, such as by `nohup`, one a bit. A handler would make the program hear
    /// them again. Elsewhere than on Linux there is no way to ask without unsafe code.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    }
}

#[cfg(unix)]
pub(crate) use unix::{Signals, ask_to_end, send};

#[cfg(not(unix))]
mod elsewhere {
    use super::Received;
    use crate::failure::Failure;

    /// Ctrl-C, which the console gives to the program too.
    #[derive(Debug)]
    pub(crate) struct Signals;

    impl Signals {
        pub(crate) fn listen() -> Result<Self, Failure> {
            Ok(Self)
        }

        pub(crate) async fn next(&mut self) -> Received {
            // That it can't be heard leaves what the system does.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Received { signal: 0, is_sent: false, is_end: true }
        }
    }

    pub(crate) fn send(_: &tokio::process::Child, _: i32) {}

    /// There is no asking here.
    pub(crate) fn ask_to_end(child: &mut tokio::process::Child) {
        let _ = child.start_kill();
    }
}

#[cfg(not(unix))]
pub(crate) use elsewhere::{Signals, ask_to_end, send};

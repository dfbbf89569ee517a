//! A helper program while it runs, and its end.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::process::ExitStatus;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::process::{Child, ChildStdin, Command};
use zeroize::Zeroizing;

use crate::Secret;

/// The most that is read: a token is at most 64 KiB, and memory is not the helper's to fill.
const LONGEST: usize = 1024 * 1024;

/// The most that is still read of an ended helper's stderr, which is what a pipe holds: what it left behind may go on
/// writing for ever.
const LAST_WORDS: usize = 64 * 1024;

/// A process in a group of its own. Dropped before it has finished, it is killed with everything that it has started (and
/// that has not left the group), and reaped.
pub(super) struct Running(Option<Child>);

/// What a finished helper leaves behind.
pub(super) struct Finished {
    pub(super) status: ExitStatus,
    pub(super) stdout: Zeroizing<Vec<u8>>,
    /// How much it wrote to stderr. That itself is shown to nobody.
    pub(super) stderr: u64,
    /// The end of that, in which a helper below may have told of a circle.
    pub(super) last_words: Zeroizing<Vec<u8>>,
}

/// Why it has not finished.
pub(super) enum Unfinished {
    TooLong,
    Broken(io::ErrorKind),
}

impl From<io::Error> for Unfinished {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.kind())
    }
}

impl Running {
    /// Starts it. Its pipes have to be piped.
    pub(super) fn start(mut command: Command) -> io::Result<Self> {
        #[cfg(unix)]
        command.process_group(0);
        Ok(Self(Some(command.spawn()?)))
    }

    /// Waits until it has ended. What it has written by then counts: if it leaves something behind that keeps its pipes
    /// open, nobody waits for that.
    pub(super) async fn finish(&mut self, input: Option<&Secret>) -> Result<Finished, Unfinished> {
        let Some(child) = &mut self.0 else { return Err(Unfinished::Broken(io::ErrorKind::NotFound)) };
        let finished = finish(child, input).await?;
        self.0 = None;
        Ok(finished)
    }

    /// Ends it and all that it has started, and waits until it is gone.
    pub(super) async fn end(mut self) {
        self.kill();
        if let Some(child) = &mut self.0
            && child.wait().await.is_ok()
        {
            self.0 = None;
        }
    }

    fn kill(&mut self) {
        let Some(child) = &mut self.0 else { return };
        // Once it is reaped its id may be somebody else's; then there is none here.
        #[cfg(unix)]
        if let Some(group) = child.id().and_then(|id| i32::try_from(id).ok()) {
            use nix::sys::signal::{Signal, killpg};
            let _gone_already = killpg(nix::unistd::Pid::from_raw(group), Signal::SIGKILL);
        }
        let _gone_already = child.start_kill();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
        let Some(child) = self.0.take() else { return };
        // Its runtime may be going down, so somebody else has to wait for it: a matter of milliseconds. If even that can't be
        // had, tokio reaps it the next time that a child of it ends.
        let _no_thread = std::thread::Builder::new().name("auth-exec-reaper".to_owned()).spawn(move || reap(child));
    }
}

async fn finish(child: &mut Child, input: Option<&Secret>) -> Result<Finished, Unfinished> {
    let mut stdin = pin!(feed(child.stdin.take(), input.cloned()));
    let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
    let (mut printed, mut silenced) = (Output::default(), Silenced::default());
    let (mut fed, mut status) = (false, None);
    let mut end = pin!(child.wait());
    let status = poll_fn(|cx| {
        if !fed {
            fed = stdin.as_mut().poll(cx).is_ready();
        }
        // First whether it has ended, then what it wrote: the other way round the last words could be missed.
        if status.is_none()
            && let Poll::Ready(ended) = end.as_mut().poll(cx)
        {
            status = Some(ended?);
        }
        read(&mut stdout, cx, |bytes| printed.add(bytes))?;
        read(&mut stderr, cx, |bytes| silenced.add(bytes))?;
        match status {
            Some(status) if cfg!(unix) || stdout.is_none() => Poll::Ready(Ok::<_, Unfinished>(status)),
            _ => Poll::Pending,
        }
    })
    .await?;
    // What it left behind may keep the pipes open.
    rest(stdout, LONGEST + 1, |bytes| printed.add(bytes))?;
    rest(stderr, LAST_WORDS, |bytes| silenced.add(bytes))?;
    Ok(Finished { status, stdout: printed.0, stderr: silenced.length, last_words: silenced.end })
}

/// A killed process may still be in the kernel, on a mount that hangs: after half a minute it is left to tokio.
fn reap(mut child: Child) {
    let mut pause = Duration::from_millis(1);
    while let Ok(None) = child.try_wait() {
        if pause > Duration::from_secs(16) {
            return;
        }
        std::thread::sleep(pause);
        pause *= 2;
    }
}

/// Writes what it is to read, and closes the pipe. That it does not want it is its own affair.
async fn feed(stdin: Option<ChildStdin>, input: Option<Secret>) {
    if let (Some(mut stdin), Some(input)) = (stdin, input) {
        let _unwanted = stdin.write_all(input.expose().as_bytes()).await;
    }
}

/// Reads what is there. At the end, or when it breaks, the pipe is closed.
fn read<R: AsyncRead + Unpin>(
    pipe: &mut Option<R>,
    cx: &mut Context<'_>,
    mut take: impl FnMut(&[u8]) -> Result<(), Unfinished>,
) -> Result<(), Unfinished> {
    let mut chunk = Zeroizing::new([0; 4096]);
    while let Some(open) = pipe {
        let mut buffer = ReadBuf::new(&mut chunk[..]);
        match Pin::new(open).poll_read(cx, &mut buffer) {
            Poll::Pending => return Ok(()),
            Poll::Ready(Ok(())) if !buffer.filled().is_empty() => take(buffer.filled())?,
            Poll::Ready(Ok(())) => *pipe = None,
            Poll::Ready(Err(error)) => return Err(error.into()),
        }
    }
    Ok(())
}

/// What an ended helper had written and the runtime has not heard of yet: the pipe itself is asked, for so
/// many bytes. It does not block.
#[cfg(unix)]
fn rest<P: std::os::fd::AsFd>(
    pipe: Option<P>,
    most: usize,
    mut take: impl FnMut(&[u8]) -> Result<(), Unfinished>,
) -> Result<(), Unfinished> {
    use std::io::Read as _;
    let Some(pipe) = pipe else { return Ok(()) };
    let mut pipe = std::fs::File::from(pipe.as_fd().try_clone_to_owned()?).take(most as u64);
    let mut chunk = Zeroizing::new([0; 4096]);
    loop {
        match pipe.read(&mut chunk[..]) {
            Ok(0) => return Ok(()),
            Ok(length) => take(&chunk[..length])?,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(not(unix))]
fn rest<P>(_: Option<P>, _: usize, _: impl FnMut(&[u8]) -> Result<(), Unfinished>) -> Result<(), Unfinished> {
    Ok(())
}

/// What it printed. Grows by copying, so that what it leaves behind can be wiped.
#[derive(Default)]
struct Output(Zeroizing<Vec<u8>>);

impl Output {
    fn add(&mut self, bytes: &[u8]) -> Result<(), Unfinished> {
        let length = self.0.len() + bytes.len();
        if length > LONGEST {
            return Err(Unfinished::TooLong);
        }
        if length > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity((length * 2).max(4096)));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

/// What it wrote to stderr: how much, and the end of it.
#[derive(Default)]
struct Silenced {
    length: u64,
    end: Zeroizing<Vec<u8>>,
}

impl Silenced {
    /// More than one error's line.
    const KEPT: usize = 4096;

    /// In chunks of at most that.
    fn add(&mut self, bytes: &[u8]) -> Result<(), Unfinished> {
        self.length += bytes.len() as u64;
        if self.end.capacity() == 0 {
            // Once, so that growing leaves no copy behind.
            self.end = Zeroizing::new(Vec::with_capacity(2 * Self::KEPT));
        }
        if self.end.len() + bytes.len() > self.end.capacity() {
            let surplus = self.end.len().saturating_sub(Self::KEPT);
            self.end.drain(..surplus);
        }
        self.end.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn somebody_who_goes_on_writing_to_stderr_is_read_to_a_limit() {
        let mut length = 0;
        let endless = std::fs::File::open("/dev/zero").unwrap();
        let ended = rest(Some(endless), LAST_WORDS, |bytes| {
            length += bytes.len();
            if length > LONGEST { Err(Unfinished::TooLong) } else { Ok(()) }
        });
        assert!(ended.is_ok());
        assert_eq!(length, LAST_WORDS);
    }
}

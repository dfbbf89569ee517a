//! What is written to a socket, byte by byte.

use std::{fmt, io, time::Duration};

use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::Gate;

/// What happens on a socket in place of HTTP, step by step; then the connection is closed.
///
/// As a [`Fault`](crate::Fault::Wire) it takes the place of an answer, once the request is here; queued in
/// [`Emulator::connection_faults`](crate::Emulator::connection_faults), that of a whole connection.
///
/// ```
/// use auth_emulator::{Emulator, Wire};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let emulator = Emulator::start().await?;
/// // A head that never ends, a byte every 10 ms.
/// let drip = Wire::new().write("HTTP/1.1 200 OK\r\nx-drip: ").write_for_ever("a", Duration::from_millis(10));
/// emulator.token_faults().once(drip);
/// // The connection after that is reset in the middle of the request.
/// emulator.connection_faults().once(Wire::new().read_head().reset());
/// # Ok(())
/// # }
/// ```
///
/// `Debug` prints what the steps are, and how long their bytes are.
///
/// # Panics
/// At a step that would not be: behind [`reset`](Self::reset) or [`write_for_ever`](Self::write_for_ever), and a write behind
/// [`half_close`](Self::half_close).
#[derive(Clone, Default)]
#[must_use = "it happens only when it is queued as a fault"]
pub struct Wire(Vec<Step>);

#[derive(Clone)]
enum Step {
    ReadHead,
    Bytes(Bytes),
    UsualHead,
    UsualBody,
    Pause(Duration),
    Hold(Gate),
    ForEver(Bytes, Duration),
    FinishWriting,
    Silence,
    Reset,
}

/// The answer that there would have been.
pub(crate) struct Usual {
    pub(crate) head: Bytes,
    pub(crate) body: Bytes,
}

impl Wire {
    /// Closes the connection at once.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads to the end of a request's head, and nothing of its body. At an endpoint, where one request has been read, it is the
    /// next one on the same connection.
    #[track_caller]
    pub fn read_head(self) -> Self {
        self.then(Step::ReadHead)
    }

    /// Writes these bytes.
    #[track_caller]
    pub fn write(self, bytes: impl Into<Bytes>) -> Self {
        self.then(Step::Bytes(bytes.into()))
    }

    /// Writes the head of the usual answer, with a `Content-Length` that is right. For endpoints; a connection has none, and its
    /// plan panics.
    #[track_caller]
    pub fn usual_head(self) -> Self {
        self.then(Step::UsualHead)
    }

    /// Writes the body of the usual answer. For endpoints; a connection has none, and its plan panics.
    #[track_caller]
    pub fn usual_body(self) -> Self {
        self.then(Step::UsualBody)
    }

    /// Waits this long on tokio's timer.
    #[track_caller]
    pub fn pause(self, time: Duration) -> Self {
        self.then(Step::Pause(time))
    }

    /// Waits until the gate is open.
    #[track_caller]
    pub fn hold(self, gate: Gate) -> Self {
        self.then(Step::Hold(gate))
    }

    /// Writes these bytes again and again, with a pause behind each time, until the client has gone.
    #[track_caller]
    pub fn write_for_ever(self, bytes: impl Into<Bytes>, pause: Duration) -> Self {
        self.then(Step::ForEver(bytes.into(), pause))
    }

    /// Closes one half: says that nothing more will be written (FIN), and goes on reading until the client has gone.
    #[track_caller]
    pub fn half_close(self) -> Self {
        self.then(Step::FinishWriting).then(Step::Silence)
    }

    /// Keeps the connection open and says nothing more, until the client has gone.
    #[track_caller]
    pub fn silence(self) -> Self {
        self.then(Step::Silence)
    }

    /// Ends the connection by a TCP reset.
    #[track_caller]
    pub fn reset(self) -> Self {
        self.then(Step::Reset)
    }

    #[track_caller]
    fn then(mut self, step: Step) -> Self {
        let has_ended = matches!(self.0.last(), Some(Step::Reset | Step::ForEver(..)));
        assert!(!has_ended, "{step:?} would never happen: what is before it has no next step");
        let is_half_closed = self.0.iter().any(|step| matches!(step, Step::FinishWriting));
        assert!(!(is_half_closed && step.writes()), "{step:?} can't be written: the connection is closed for writing");
        self.0.push(step);
        self
    }

    /// Panics if it needs the answer to a request.
    pub(crate) fn check_without_request(&self) {
        let is_usual = |step: &Step| matches!(step, Step::UsualHead | Step::UsualBody);
        assert!(
            !self.0.iter().any(is_usual),
            "a connection has no usual answer: queue this for an endpoint, by api_faults()"
        );
    }

    /// # Errors
    ///
    /// When the client has gone.
    pub(crate) async fn play(self, mut stream: TcpStream, usual: Option<Usual>) -> io::Result<()> {
        for step in self.0 {
            match step {
                Step::ReadHead => read_head(&mut stream).await?,
                Step::Bytes(bytes) => stream.write_all(&bytes).await?,
                Step::UsualHead => stream.write_all(usual.as_ref().map_or(&[], |usual| &usual.head)).await?,
                Step::UsualBody => stream.write_all(usual.as_ref().map_or(&[], |usual| &usual.body)).await?,
                Step::Pause(time) => tokio::time::sleep(time).await,
                Step::Hold(gate) => gate.opened().await,
                Step::ForEver(bytes, pause) => loop {
                    stream.write_all(&bytes).await?;
                    // A client that reads at once must not keep the runtime for itself.
                    if pause.is_zero() {
                        tokio::task::yield_now().await;
                    } else {
                        tokio::time::sleep(pause).await;
                    }
                },
                Step::FinishWriting => stream.shutdown().await?,
                Step::Silence => while stream.read(&mut [0; 1024]).await? > 0 {},
                Step::Reset => return stream.set_zero_linger(),
            }
        }
        stream.shutdown().await
    }
}

impl Step {
    fn writes(&self) -> bool {
        matches!(self, Self::Bytes(_) | Self::UsualHead | Self::UsualBody | Self::ForEver(..))
    }
}

/// Byte by byte, so that nothing behind it is read.
async fn read_head(stream: &mut TcpStream) -> io::Result<()> {
    let mut last = [0; 4];
    while last != *b"\r\n\r\n" {
        last.rotate_left(1);
        last[3] = stream.read_u8().await?;
    }
    Ok(())
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadHead => f.write_str("ReadHead"),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::UsualHead => f.write_str("UsualHead"),
            Self::UsualBody => f.write_str("UsualBody"),
            Self::Pause(time) => write!(f, "Pause({time:?})"),
            Self::Hold(_) => f.write_str("Hold"),
            Self::ForEver(bytes, pause) => write!(f, "{} bytes for ever, every {pause:?}", bytes.len()),
            Self::FinishWriting => f.write_str("FinishWriting"),
            Self::Silence => f.write_str("Silence"),
            Self::Reset => f.write_str("Reset"),
        }
    }
}

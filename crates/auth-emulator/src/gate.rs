//! Holds requests until a test lets them go.

use std::{fmt, sync::Arc};

use tokio::sync::watch;

/// A gate for [`Fault::Hold`](crate::Fault::Hold): closed when made, and open for good once opened.
///
/// Clones are the same gate. Dropping it does not open it: a server that never answers is a fault too.
///
/// ```
/// use auth_emulator::{Emulator, Fault, Gate};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let emulator = Emulator::start().await?;
/// let gate = Gate::new();
/// emulator.token_faults().once(Fault::Hold(gate.clone()));
/// // ... start the program, `emulator.wait_for_token_requests(1).await`, look at it while it waits ...
/// gate.open();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Gate(Arc<watch::Sender<bool>>);

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Lets everybody through who is held here, and whoever comes later.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    pub(crate) async fn opened(&self) {
        // An error would mean that the sender is gone, and `self` holds it.
        let _ = self.0.subscribe().wait_for(|open| *open).await;
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("open", &*self.0.borrow()).finish()
    }
}

//! Accepts connections until dropped.

use std::{
    future::poll_fn,
    io,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};

use crate::{connection, shared::Shared};

/// How long to leave a process alone that is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// An open port. Dropping it closes the port in that moment, not when the runtime next gets to the accepting task, so
/// that a connection attempt right after is refused.
pub(crate) struct Listener {
    open: Slot,
    accepting: AbortHandle,
}

/// Empty once closed. The mutex guards the port and the list of its connections, and is never held across an await.
type Slot = Arc<Mutex<Option<Open>>>;

struct Open {
    port: TcpListener,
    /// Aborts them all when dropped.
    connections: JoinSet<()>,
}

impl Listener {
    /// Connections meet the faults of `shared`, if there are such.
    pub(crate) fn serve(port: TcpListener, router: Router, shared: Option<Arc<Shared>>) -> Self {
        let open = Arc::new(Mutex::new(Some(Open { port, connections: JoinSet::new() })));
        let accepting = tokio::spawn(accept(Arc::clone(&open), router, shared)).abort_handle();
        Self { open, accepting }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(open);
    }
}

async fn accept(open: Slot, router: Router, shared: Option<Arc<Shared>>) {
    while let Some(accepted) = poll_fn(|cx| poll_accept(&open, cx)).await {
        let Ok(stream) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        if let Some(open) = &mut *open.lock().unwrap_or_else(PoisonError::into_inner) {
            open.connections.spawn(connection::serve(stream, router.clone(), shared.clone()));
            while open.connections.try_join_next().is_some() {}
        }
    }
}

fn poll_accept(open: &Slot, cx: &mut Context<'_>) -> Poll<Option<io::Result<TcpStream>>> {
    match &*open.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(open) => Poll::Ready(Some(ready!(open.port.poll_accept(cx)).map(|(stream, _)| stream))),
        None => Poll::Ready(None),
    }
}

//! Connections: how many, how long they may say nothing, and how they end.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::body::Reply;
use super::numbers::{Numbers, Open};

/// The head of a request takes no longer, nor is a connection kept for longer between two. Callers that stretch it (slow
/// loris) would use up the connections.
const HEAD: Duration = Duration::from_secs(30);

/// More headers than this, or more bytes of them, nobody sends who means well.
const HEADERS: usize = 100;
const HEAD_BYTES: usize = 64 * 1024;

/// Windows of HTTP/2: as at the upstream.
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 4 * STREAM_WINDOW;
const STREAMS: u32 = 1024;

/// Finds out that a caller with HTTP/2 is gone.
const PING: Duration = Duration::from_secs(20);

/// How long to leave a process alone that is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Answers requests, of which it is told by which port they came.
pub(super) trait Handler: Clone + Send + Sync + 'static {
    fn handle(&self, request: Request<Incoming>, local: SocketAddr) -> impl Future<Output = Response<Reply>> + Send;
}

/// One port, and all connections to it.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) listener: TcpListener,
    pub(super) connections: usize,
    pub(super) numbers: Option<Arc<Numbers>>,
}

impl Server {
    /// Serves until `end`, then lets requests finish, for as long as the future is polled.
    pub(super) async fn serve(self, handler: impl Handler, end: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let places = Arc::new(Semaphore::new(self.connections));
        let mut end = pin!(end);
        loop {
            // Beyond the most, callers wait in the system's queue. The semaphore is never closed.
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut end => break,
            };
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            let open = self.numbers.as_ref().map(|numbers| Open::new(numbers, |numbers| &numbers.connections));
            let (handler, watcher) = (handler.clone(), graceful.watcher());
            tokio::spawn(async move {
                let _until_the_end = (place, open);
                connection(stream, handler, watcher).await;
            });
        }
        drop(self.listener);
        graceful.shutdown().await;
    }
}

/// How a caller ends its connection is the caller's business, so nothing is said of it.
async fn connection(stream: TcpStream, handler: impl Handler, watcher: Watcher) {
    let Ok(local) = stream.local_addr() else { return };
    // Without it a small answer may wait for an acknowledgement. An error means that the caller is gone already.
    let _ = stream.set_nodelay(true);
    let begun = Arc::new(AtomicBool::new(false));
    let service = service_fn({
        let begun = Arc::clone(&begun);
        move |request| {
            begun.store(true, Ordering::Relaxed);
            let handler = handler.clone();
            async move { Ok::<_, Infallible>(handler.handle(request, local).await) }
        }
    });
    let builder = builder();
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
    let mut connection = pin!(watcher.watch(connection));
    // hyper's own limit begins when it knows the version, and so never for a caller that says nothing.
    tokio::select! {
        _ = &mut connection => return,
        () = tokio::time::sleep(HEAD) => {}
    }
    if begun.load(Ordering::Relaxed) {
        let _ = connection.await;
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_headers(HEADERS).max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES as u32)
        .keep_alive_interval(PING);
    builder
}

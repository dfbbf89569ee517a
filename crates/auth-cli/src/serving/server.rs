//! A port and its connections: how many, how long they may say nothing, and how they end.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::line::Line;

/// The head of a request takes no longer, nor is a connection kept for longer on which nobody sends a request who may. Callers
/// that stretch it (slow loris), or are refused again and again, would use up the connections.
const UNUSED: Duration = Duration::from_secs(30);

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

/// Answers requests.
pub(crate) trait Handler: Clone + Send + Sync + 'static {
    type Body: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static;
    /// What a connection has with it until its end.
    type Connected: Send + 'static;

    fn connected(&self) -> Self::Connected;

    /// Says on the line whether the request was admitted.
    fn handle(&self, request: Request<Incoming>, line: Line) -> impl Future<Output = Response<Self::Body>> + Send;
}

/// One port, and all connections to it.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) listener: TcpListener,
    pub(crate) connections: usize,
}

impl Server {
    /// Serves until `end`, then lets requests finish, for as long as the future is polled.
    pub(crate) async fn serve(self, handler: impl Handler, end: impl Future<Output = ()>) {
        let (over, ending) = watch::channel(false);
        let places = Arc::new(Semaphore::new(self.connections));
        let mut end = pin!(end);
        loop {
            let accepted = tokio::select! {
                accepted = self.next(&places) => accepted,
                () = &mut end => break,
            };
            let Some((place, stream, local)) = accepted else { continue };
            let (handler, ending) = (handler.clone(), ending.clone());
            tokio::spawn(async move {
                let _until_the_end = (place, handler.connected());
                connection(stream, local, handler, ending).await;
            });
        }
        drop((self.listener, ending));
        // Those who wait for it may be gone already, which is what it asks for.
        let _ = over.send(true);
        over.closed().await;
    }

    /// The next connection. Beyond the most, callers wait in the system's queue.
    async fn next(&self, places: &Arc<Semaphore>) -> Option<(OwnedSemaphorePermit, TcpStream, SocketAddr)> {
        // It is never closed.
        let place = Arc::clone(places).acquire_owned().await.ok()?;
        let Ok((stream, _)) = self.listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            return None;
        };
        // Without it a small answer may wait for an acknowledgement. An error means that the caller is gone already.
        let _ = stream.set_nodelay(true);
        let local = stream.local_addr().ok()?;
        Some((place, stream, local))
    }
}

/// How a caller ends its connection is the caller's business, so nothing is said of it.
async fn connection<H: Handler>(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    local: SocketAddr,
    handler: H,
    mut ending: watch::Receiver<bool>,
) {
    let line = Line::new(local);
    let service = service_fn({
        let line = line.clone();
        move |request| {
            let (handler, line) = (handler.clone(), line.clone());
            async move { Ok::<_, Infallible>(handler.handle(request, line).await) }
        }
    });
    let builder = builder();
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    let has_served = tokio::select! {
        _ = &mut connection => return,
        has_served = line.unused(UNUSED) => has_served,
        // An error means that nobody is left who could say it.
        _ = ending.wait_for(|over| *over) => true,
    };
    // A caller that was served may still be reading; another has nothing to lose.
    if has_served {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(UNUSED).max_headers(HEADERS).max_buf_size(HEAD_BYTES);
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

#[cfg(test)]
mod tests {
    use http_body_util::combinators::BoxBody;
    use http_body_util::{BodyExt, Empty, Full};
    use hyper::client::conn::{http1, http2};
    use tokio::io::{DuplexStream, duplex};
    use tokio::time::Instant;

    use super::*;

    /// Admits `/in` and answers at once; admits `/stay` and never ends its answer; refuses all others.
    #[derive(Clone)]
    struct Door;

    impl Handler for Door {
        type Body = BoxBody<Bytes, Infallible>;
        type Connected = ();

        fn connected(&self) {}

        async fn handle(&self, request: Request<Incoming>, line: Line) -> Response<Self::Body> {
            match request.uri().path() {
                "/in" => drop(line.admit()),
                "/stay" => {
                    let in_use = line.admit();
                    tokio::time::sleep(20 * UNUSED).await;
                    drop(in_use);
                }
                _ => line.admit().refused(),
            }
            Response::new(Full::from("answered").boxed())
        }
    }

    /// A caller's side, and how many seconds the connection lasts.
    fn open() -> (DuplexStream, tokio::task::JoinHandle<u64>, watch::Sender<bool>) {
        let (caller, server) = duplex(64 * 1024);
        let (over, ending) = watch::channel(false);
        let begun = Instant::now();
        let lasts = tokio::spawn(async move {
            connection(server, ([127, 0, 0, 1], 1).into(), Door, ending).await;
            begun.elapsed().as_secs()
        });
        (caller, lasts, over)
    }

    async fn by_http2(caller: DuplexStream) -> http2::SendRequest<Empty<Bytes>> {
        let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(caller)).await.unwrap();
        tokio::spawn(connection);
        sender
    }

    fn get(path: &str) -> Request<Empty<Bytes>> {
        Request::get(format!("http://127.0.0.1:1{path}")).body(Empty::new()).unwrap()
    }

    /// Every ten seconds, until the connection has ended, or else for long.
    async fn ask_again_and_again(mut sender: http2::SendRequest<Empty<Bytes>>, path: &str) {
        for _ in 0..30 {
            let Ok(answer) = sender.send_request(get(path)).await else { return };
            let _ = answer.into_body().collect().await;
            tokio::time::sleep(UNUSED / 3).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_refused_holds_no_connection_however_often_it_asks() {
        let (caller, lasts, _over) = open();
        tokio::join!(ask_again_and_again(by_http2(caller).await, "/out"), async {
            assert_eq!(lasts.await.unwrap(), UNUSED.as_secs());
        });
        let (caller, lasts, _over) = open();
        let (mut sender, connection) = http1::handshake(TokioIo::new(caller)).await.unwrap();
        tokio::spawn(connection);
        let asking = async {
            for _ in 0..30 {
                let Ok(answer) = sender.send_request(get("/out")).await else { return };
                let _ = answer.into_body().collect().await;
                tokio::time::sleep(UNUSED / 3).await;
            }
        };
        tokio::join!(asking, async { assert_eq!(lasts.await.unwrap(), UNUSED.as_secs()) });
    }

    #[tokio::test(start_paused = true)]
    async fn nor_does_who_says_nothing_or_nothing_more() {
        let (caller, lasts, _over) = open();
        assert_eq!(lasts.await.unwrap(), UNUSED.as_secs());
        drop(caller);
        let (caller, lasts, _over) = open();
        let mut sender = by_http2(caller).await;
        tokio::time::sleep(UNUSED / 2).await;
        sender.send_request(get("/in")).await.unwrap();
        // Its connection answers to PINGs all the while.
        assert_eq!(lasts.await.unwrap(), (UNUSED / 2 + UNUSED).as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_in_use_lasts() {
        let (caller, lasts, _over) = open();
        let mut sender = by_http2(caller).await;
        assert_eq!(sender.send_request(get("/stay")).await.unwrap().status(), 200);
        assert_eq!(lasts.await.unwrap(), (21 * UNUSED).as_secs());
    }
}

//! HTTP/2 in front of the emulator's API, which says when it will have no more of a connection.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::rig::hyper;

/// Ends what it serves when it is dropped.
pub(crate) struct Relay {
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    goaway: Arc<Notify>,
    gone: watch::Receiver<usize>,
    serving: JoinHandle<()>,
}

impl Relay {
    /// Hands requests on to the emulator at `to`. Behind `last` answers of a connection it says GOAWAY.
    pub(crate) async fn to(to: &str, last: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let (ended, gone) = watch::channel(0);
        let (goaway, to) = (Arc::new(Notify::new()), to.to_owned());
        let now = Arc::clone(&goaway);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (to, ended, now) = (to.clone(), ended.clone(), Arc::clone(&now));
                tokio::spawn(async move {
                    connection(stream, &to, last, &now).await;
                    ended.send_modify(|ended| *ended += 1);
                });
            }
        });
        Self { url: format!("http://{address}"), goaway, gone, serving }
    }

    /// Says GOAWAY to the connection that is there, whatever it is doing.
    pub(crate) fn go_away(&self) {
        self.goaway.notify_waiters();
    }

    /// Waits until a client has let go of this many connections.
    pub(crate) async fn has_lost(&self, connections: usize) {
        self.gone.clone().wait_for(|gone| *gone >= connections).await.unwrap();
    }
}

async fn connection(stream: TcpStream, to: &str, last: usize, now: &Notify) {
    let answered = Arc::new((AtomicUsize::new(0), Notify::new()));
    let count = Arc::clone(&answered);
    let service = service_fn(move |request| {
        let (to, count) = (to.to_owned(), Arc::clone(&count));
        async move {
            let response = handed_on(&to, request).await;
            if count.0.fetch_add(1, Ordering::SeqCst) + 1 == last {
                count.1.notify_one();
            }
            Ok::<_, Infallible>(response)
        }
    });
    let serving = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    tokio::select! {
        _ended = serving.as_mut() => return,
        () = answered.1.notified() => {}
        () = now.notified() => {}
    }
    serving.as_mut().graceful_shutdown();
    let _ended = serving.await;
}

async fn handed_on(to: &str, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (mut head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let path = head.uri.path_and_query().unwrap().as_str();
    head.uri = format!("{to}{path}").parse().unwrap();
    head.version = http::Version::HTTP_11;
    let response = hyper().request(Request::from_parts(head, Full::new(body))).await.unwrap();
    let (head, body) = response.into_parts();
    let mut response = Response::new(Full::new(body.collect().await.unwrap().to_bytes()));
    *response.status_mut() = head.status;
    response
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

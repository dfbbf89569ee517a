//! Small upstreams, which speak HTTP/1.1 and HTTP/2 without TLS, and tell what they were asked.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, Uri};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

pub(crate) type Body = BoxBody<Bytes, Infallible>;

/// A server that answers with a closure, until it is dropped: then its port is closed, and all its connections are.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    serving: AbortHandle,
}

impl Upstream {
    pub(crate) async fn start<F>(answer: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static) -> Self
    where
        F: Future<Output = Response<Body>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let answer = answer.clone();
                connections.spawn(async move {
                    let service = service_fn(move |request| {
                        let answering = answer(request);
                        async move { Ok::<_, Infallible>(answering.await) }
                    });
                    let builder = auto::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { address, serving: serving.abort_handle() }
    }

    /// One that answers with `head`, and keeps what it was sent.
    pub(crate) async fn recording(head: fn(&Uri) -> http::response::Builder) -> (Self, mpsc::UnboundedReceiver<Seen>) {
        let (seen, receiver) = mpsc::unbounded_channel();
        let upstream = Self::start(move |request: Request<Incoming>| {
            let seen = seen.clone();
            async move {
                let (parts, _body) = request.into_parts();
                let answer = head(&parts.uri).body(whole("")).unwrap();
                let _ = seen.send(Seen { uri: parts.uri, headers: parts.headers });
                answer
            }
        })
        .await;
        (upstream, receiver)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A request, as an upstream got it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
}

pub(crate) fn whole(text: impl Into<Bytes>) -> Body {
    Full::new(text.into()).boxed()
}

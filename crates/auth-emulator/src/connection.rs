//! Serves one connection, and ends it the way a fault asks for.

use std::{future::pending, sync::Arc};

use axum::{Router, extract::Request, response::Response};
use bytes::Bytes;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{io::AsyncWriteExt, net::TcpStream, sync::mpsc};
use tower_service::Service;

use crate::{Wire, shared::Shared, wire::Usual};

/// HTTP/1.1 only: what happens to one request then happens to one connection, which is what the faults are about.
///
/// In its place, what is queued for a connection of the origin whose `shared` this is.
pub(crate) async fn serve(stream: TcpStream, router: Router, shared: Option<Arc<Shared>>) {
    // Without it a small answer may wait 40 ms for an acknowledgement. An error means that the client is gone already.
    let _ = stream.set_nodelay(true);
    if let Some(wire) = shared.and_then(|shared| shared.connected()) {
        // Nobody is left to tell.
        let _ = wire.play(stream, None).await;
        return;
    }
    let (hang_up, mut endings) = mpsc::unbounded_channel();
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(HangUp(hang_up.clone()));
        router.clone().call(request)
    });
    // A WebSocket leaves the connection behind and lives on in a task of its own.
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades();
    let ending = tokio::select! {
        // How a client ends its connection is the client's business.
        _ = &mut connection => return,
        Some(ending) = endings.recv() => ending,
    };
    let Some(parts) = connection.into_parts() else { return };
    let mut stream = parts.io.into_inner();
    // Nobody is left to tell about an error from here on: the connection ends in any case.
    match ending {
        Ending::Reset => {
            let _ = stream.set_zero_linger();
        }
        Ending::After(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Ending::By(wire, usual) => {
            let _ = wire.play(stream, Some(usual)).await;
        }
    }
}

/// Ends the connection that a request came by. In the extensions of every request.
#[derive(Clone)]
pub(crate) struct HangUp(mpsc::UnboundedSender<Ending>);

enum Ending {
    /// No answer, and RST in place of FIN.
    Reset,
    /// These bytes, then FIN.
    After(Bytes),
    By(Wire, Usual),
}

impl HangUp {
    pub(crate) fn of(request: &Request) -> Self {
        request.extensions().get::<Self>().cloned().expect("`serve` puts one into every request")
    }

    pub(crate) async fn reset(&self) -> Response {
        self.end(Ending::Reset).await
    }

    pub(crate) async fn after(&self, bytes: Bytes) -> Response {
        self.end(Ending::After(bytes)).await
    }

    pub(crate) async fn by(&self, wire: Wire, usual: Usual) -> Response {
        self.end(Ending::By(wire, usual)).await
    }

    /// Never returns: the connection drops the request's future when it ends.
    async fn end(&self, ending: Ending) -> Response {
        // An error means that the connection has ended, which was the purpose.
        let _ = self.0.send(ending);
        pending().await
    }
}

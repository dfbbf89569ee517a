//! The authenticated clients. Each speaks to one origin, and the layer writes the credential for no other.

use std::sync::Arc;
use std::time::Duration;

use auth_core::{Access, Authenticator, Endpoint, ErrorKind, Event};
use auth_tower::{Auth, AuthLayer};
use http::header::{AUTHORIZATION, CONTENT_TYPE, SEC_WEBSOCKET_PROTOCOL};
use http::{HeaderMap, Request, Response, Uri, Version};
use hyper::body::Incoming;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower::{Layer, ServiceExt};

use super::body::Upload;
use super::headers::mentions;
use super::numbers::Numbers;
use super::road::{Connector, Road};
use super::written::Written;
use crate::context::Context;
use crate::failure::Failure;

/// An idle connection is closed before most servers would do it, so that few requests meet one that is just being closed.
const IDLE: Duration = Duration::from_secs(30);

/// Windows of HTTP/2: a stream gets on with this much on its way, and no more is held for a caller that reads slowly.
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 4 * STREAM_WINDOW;

/// Finds out that the other side of an HTTP/2 connection is gone.
const PING: Duration = Duration::from_secs(20);

type Http = Client<Connector, Upload>;

/// Why there is no answer.
pub(super) type Error = auth_tower::Error<legacy::Error>;

/// What a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaks {
    /// The only version that switches protocols.
    Http1,
    /// Over TLS what ALPN brings, else HTTP/1.1.
    Either,
    /// HTTP/2 without TLS, and so without ALPN (prior knowledge).
    Http2,
}

/// One way to send requests.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    client: Auth<Http>,
    written: Written,
    speaks: Speaks,
}

/// The API behind the proxy.
#[derive(Debug)]
pub(super) struct Upstream {
    pub(super) endpoint: Endpoint,
    context: auth_core::Context,
    usual: Sender,
    switching: Sender,
    /// For gRPC where there is no TLS: it knows nothing but HTTP/2.
    without_tls: Option<Sender>,
    /// The subprotocol whose handshakes carry the token in `Sec-WebSocket-Protocol`.
    handshake: Option<(String, Sender)>,
}

impl Upstream {
    /// At the access's endpoint, whose tokens `numbers` hears of.
    pub(super) fn new(access: &Access, numbers: &Arc<Numbers>, context: &Context) -> Result<Self, Failure> {
        let endpoint = access.endpoint().clone();
        let road = Road::to(&endpoint, context.timeout())?;
        let (auth, written) = authenticator(access, context, Some(Arc::clone(numbers)))?;
        let sender = |speaks| Sender::new(&auth, &written, client(&road, speaks)?, speaks);
        let handshake = match access.subprotocol() {
            None => None,
            Some(protocol) => {
                let (auth, written) = authenticator(&access.clone().in_subprotocol(), context, None)?;
                let client = client(&road, Speaks::Http1)?;
                Some((protocol.to_owned(), Sender::new(&auth, &written, client, Speaks::Http1)?))
            }
        };
        let is_plain = endpoint.join("/")?.scheme_str() == Some("http");
        Ok(Self {
            context: access.context().clone(),
            usual: sender(Speaks::Either)?,
            switching: sender(Speaks::Http1)?,
            without_tls: is_plain.then(|| sender(Speaks::Http2)).transpose()?,
            handshake,
            endpoint,
        })
    }

    /// Whether the credential may go there at all, which nobody should learn from the first request.
    pub(super) fn check_transport(&self) -> Result<(), Failure> {
        let checked = self.authenticator().attach(&self.endpoint.join("/")?, &mut HeaderMap::new());
        match checked {
            Err(error) if error.kind() == ErrorKind::InsecureTransport => Err(error.into()),
            _ => Ok(()),
        }
    }

    pub(super) fn authenticator(&self) -> &Authenticator {
        self.usual.client.authenticator()
    }

    /// Who sends a request with these headers, which came by this version.
    pub(super) fn sender(&self, version: Version, headers: &HeaderMap) -> &Sender {
        let is_grpc = || headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
        match &self.without_tls {
            Some(sender) if version == Version::HTTP_2 && is_grpc() => sender,
            _ => &self.usual,
        }
    }

    /// Who sends a WebSocket's handshake. Takes the caller's subprotocols off it where the credential writes its own.
    pub(super) fn switching(&self, headers: &mut HeaderMap) -> &Sender {
        if let Some((protocol, sender)) = &self.handshake
            && headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().any(|value| mentions(value, protocol))
        {
            headers.remove(SEC_WEBSOCKET_PROTOCOL);
            return sender;
        }
        &self.switching
    }

    /// What requests say besides, as far as this one says nothing of it.
    pub(super) fn put_in_context(&self, uri: &mut Uri, headers: &mut HeaderMap) {
        if !self.context.is_empty() {
            self.context.apply(uri, headers);
        }
    }
}

impl Sender {
    fn new(auth: &Authenticator, written: &Written, client: Http, speaks: Speaks) -> Result<Self, Failure> {
        let client = AuthLayer::new(auth.clone()).grpc().layer(client);
        Ok(Self { client, written: written.clone(), speaks })
    }

    /// Takes a caller's own credential off a request.
    pub(super) async fn strip(&self, headers: &mut HeaderMap, uri: &Uri) -> Result<(), Error> {
        headers.remove(AUTHORIZATION);
        self.written.remove_from(headers, self.client.authenticator(), uri).await.map_err(Error::Auth)
    }

    /// The names of what the credential writes.
    pub(super) fn written(&self) -> Written {
        self.written.clone()
    }

    pub(super) async fn send(&self, mut request: Request<Upload>) -> Result<Response<Incoming>, Error> {
        *request.version_mut() = if self.speaks == Speaks::Http2 { Version::HTTP_2 } else { Version::HTTP_11 };
        self.client.clone().oneshot(request).await
    }
}

fn authenticator(
    access: &Access,
    context: &Context,
    numbers: Option<Arc<Numbers>>,
) -> Result<(Authenticator, Written), Failure> {
    let written = Written::default();
    let known = written.clone();
    let listener = move |event: &Event| {
        if matches!(event, Event::Acquired { .. }) {
            known.forget();
        }
        if let Some(numbers) = &numbers {
            numbers.heard(event);
        }
    };
    let auth = context.builder(access)?.listener(listener).build()?;
    Ok((auth, written))
}

fn client(road: &Road, speaks: Speaks) -> Result<Http, Failure> {
    let connector = road.connector(speaks == Speaks::Either)?;
    Ok(Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .http2_only(speaks == Speaks::Http2)
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keep_alive_interval(PING)
        .build(connector))
}

//! auth-tower: the layer over a service in this process, or over hyper's client.

use std::convert::Infallible;
use std::sync::Arc;

use auth_core::{Authenticator, Transport};
use auth_tower::{AuthLayer, Cloned, Error, HyperTransport};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tower::util::BoxCloneSyncService;
use tower::{BoxError, Layer, Service, ServiceExt as _, service_fn};
use tower_http::follow_redirect::policy::SameOrigin;
use tower_http::follow_redirect::{FollowRedirectLayer, RequestUri};

use super::{Adapter, Client, Failed, Load, Redirects, Replay, Setup};

pub(crate) struct Tower;

type Inner = BoxCloneSyncService<Request<Load>, Response<Full<Bytes>>, Infallible>;

/// hyper's client, for any body.
pub(crate) fn hyper<B>() -> legacy::Client<HttpConnector, B>
where
    B: Body + Send,
    B::Data: Send,
{
    legacy::Client::builder(TokioExecutor::new()).build_http()
}

/// The same, over HTTP/2 without TLS (RFC 9113, section 3.3).
pub(crate) fn hyper2<B>() -> legacy::Client<HttpConnector, B>
where
    B: Body + Send,
    B::Data: Send,
{
    legacy::Client::builder(TokioExecutor::new()).http2_only(true).build_http()
}

impl Tower {
    /// A client over sockets that speaks HTTP/2.
    pub(crate) fn over_http2(auth: Authenticator, replay: Replay) -> Client {
        wrapped(layered(AuthLayer::new(auth), replay, hyper2()))
    }
}

impl Adapter for Tower {
    fn in_process(setup: Setup) -> Client {
        let Setup { auth, replay, redirects, server } = setup;
        let inner = Inner::new(service_fn(move |request: Request<Load>| {
            let server = Arc::clone(&server);
            async move {
                let (head, body) = request.into_parts();
                let body = body.collect().await.unwrap_or_else(|never| match never {}).to_bytes();
                Ok(server.answer(Request::from_parts(head, body)).await.map(Full::new))
            }
        }));
        let layer = AuthLayer::new(auth);
        let (layer, inner) = match redirects {
            Redirects::Returned | Redirects::Outside => (layer, inner),
            Redirects::BelowWithinOrigin => {
                let follow = FollowRedirectLayer::with_policy(SameOrigin::new());
                (layer.answered_by(who_answered), Inner::new(follow.layer(inner)))
            }
            Redirects::Below => (layer.answered_by(who_answered), Inner::new(FollowRedirectLayer::new().layer(inner))),
        };
        let client = layered(layer, replay, inner);
        wrapped(match redirects {
            Redirects::Outside => Boxed::new(FollowRedirectLayer::new().layer(client)),
            _ => client,
        })
    }

    fn over_sockets(auth: Authenticator, replay: Replay) -> Client {
        wrapped(layered(AuthLayer::new(auth), replay, hyper()))
    }

    fn transport() -> Arc<dyn Transport> {
        Arc::new(HyperTransport::new())
    }

    const PATH_ONLY: bool = true;

    const HAS_REQWESTS_TLS: bool = false;
}

fn who_answered(found: &http::Extensions) -> Option<&http::Uri> {
    found.get::<RequestUri>().map(|uri| &uri.0)
}

/// Bodies that can be had again are cloned.
#[derive(Clone, Copy)]
struct Again;

impl auth_tower::Replay<Load> for Again {
    type Kept = Request<Load>;

    fn copy(&self, request: &Request<Load>) -> Option<Request<Load>> {
        request.body().can_be_had_again().then(|| Cloned.copy(request)).flatten()
    }
}

type Boxed<T, E> = BoxCloneSyncService<Request<Load>, Response<T>, Error<E>>;

fn layered<S, T>(layer: AuthLayer, replay: Replay, inner: S) -> Boxed<T, S::Error>
where
    S: Service<Request<Load>, Response = Response<T>> + Clone + Send + Sync + 'static,
    S::Future: Send,
    T: Send + 'static,
{
    match replay {
        Replay::AsMade => Boxed::new(layer.layer(inner)),
        Replay::Bodies => Boxed::new(layer.replay(Again).layer(inner)),
        Replay::Never => Boxed::new(layer.without_replay().layer(inner)),
        Replay::If([one]) => Boxed::new(layer.replay(Again).replay_if(*one).layer(inner)),
        Replay::If([one, two]) => Boxed::new(layer.replay(Again).replay_if(*one).replay_if(*two).layer(inner)),
        Replay::If(more) => unreachable!("{} predicates, each of which is a type of its own", more.len()),
    }
}

fn wrapped<T, E>(service: Boxed<T, E>) -> Client
where
    E: Into<BoxError> + 'static,
    T: Body + Send + 'static,
    T::Data: Send,
    T::Error: Into<BoxError>,
{
    Client::new(move |request| {
        let service = service.clone();
        Box::pin(async move {
            let response = service.oneshot(request).await.map_err(|error| match error {
                Error::Auth(error) => Failed::Auth(error),
                Error::Inner(error) => Failed::Client(error.into()),
            })?;
            let (head, body) = response.into_parts();
            let body = body.collect().await.map_err(|error| Failed::Client(error.into()))?;
            Ok(Response::from_parts(head, body.to_bytes()))
        })
    })
}

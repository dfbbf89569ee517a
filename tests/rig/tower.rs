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
use tower::{BoxError, Layer, Service, ServiceBuilder, ServiceExt as _, service_fn};
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
        match redirects {
            Redirects::Returned => layered(layer, replay, inner, |client| client),
            Redirects::Outside => layered(layer, replay, inner, |client| {
                BoxCloneSyncService::new(ServiceBuilder::new().layer(FollowRedirectLayer::new()).service(client))
            }),
            Redirects::BelowWithinOrigin => {
                let inner = FollowRedirectLayer::with_policy(SameOrigin::new()).layer(inner);
                layered(layer.answered_by(who_answered), replay, Inner::new(inner.map_response(unwrapped)), |it| it)
            }
            Redirects::Below => {
                let inner = FollowRedirectLayer::new().layer(inner);
                layered(layer.answered_by(who_answered), replay, Inner::new(inner.map_response(unwrapped)), |it| it)
            }
        }
    }

    fn over_sockets(auth: Authenticator, replay: Replay) -> Client {
        layered(AuthLayer::new(auth), replay, hyper(), |client| client)
    }

    fn transport() -> Arc<dyn Transport> {
        Arc::new(HyperTransport::new())
    }

    const PATH_ONLY: bool = true;
}

fn unwrapped<T>(response: Response<T>) -> Response<T> {
    response
}

fn who_answered(found: &http::Extensions) -> Option<&http::Uri> {
    found.get::<RequestUri>().map(|uri| &uri.0)
}

/// Bodies that can be had again are cloned.
#[derive(Clone, Copy)]
struct Again;

impl auth_tower::Replay<Load> for Again {
    fn copy(&self, request: &Request<Load>) -> Option<Request<Load>> {
        request.body().can_be_had_again().then(|| Cloned.copy(request)).flatten()
    }
}

type Boxed<T, E> = BoxCloneSyncService<Request<Load>, Response<T>, Error<E>>;

fn layered<S, T>(
    layer: AuthLayer,
    replay: Replay,
    inner: S,
    outside: impl FnOnce(Boxed<T, S::Error>) -> Boxed<T, S::Error>,
) -> Client
where
    S: Service<Request<Load>, Response = Response<T>> + Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<BoxError> + 'static,
    T: Body + Send + 'static,
    T::Data: Send,
    T::Error: Into<BoxError>,
{
    client(outside(match replay {
        Replay::AsMade => Boxed::new(layer.layer(inner)),
        Replay::Bodies => Boxed::new(layer.replay(Again).layer(inner)),
        Replay::Never => Boxed::new(layer.without_replay().layer(inner)),
        Replay::If(all) => {
            let layer =
                layer.replay(Again).replay_if(|method, headers| all.iter().all(|allows| allows(method, headers)));
            Boxed::new(layer.layer(inner))
        }
    }))
}

fn client<T, E>(service: Boxed<T, E>) -> Client
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

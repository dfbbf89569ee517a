//! The Tower layer over a server in this process.

use std::convert::Infallible;
use std::sync::Arc;

use auth_tower::{AuthLayer, Cloned};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::follow_redirect::FollowRedirectLayer;

use super::{Adapter, Answer, Parts};
use crate::conformance::case::Replay;

type Body = Full<Bytes>;
type Client = BoxCloneSyncService<Request<Body>, Response<Body>, auth_tower::Error<Infallible>>;
type Inner = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

pub(crate) struct TowerAdapter(Client);

impl TowerAdapter {
    pub(crate) fn new(parts: Parts) -> Self {
        let server = parts.server;
        let inner = Inner::new(service_fn(move |request| {
            let server = Arc::clone(&server);
            async move { server.answer(request).await }
        }));
        let layer = AuthLayer::new(parts.authenticator);
        let client = match parts.replay {
            Replay::Bodiless => Client::new(layer.layer(inner)),
            Replay::Cloned => Client::new(layer.replay(Cloned).layer(inner)),
            Replay::Never => Client::new(layer.without_replay().layer(inner)),
            Replay::SafeMethods => {
                Client::new(layer.replay(Cloned).replay_if(|method, _| method.is_safe()).layer(inner))
            }
        };
        Self(if parts.follow_redirects {
            Client::new(ServiceBuilder::new().layer(FollowRedirectLayer::new()).service(client))
        } else {
            client
        })
    }
}

impl Adapter for TowerAdapter {
    fn send(&self, request: Request<Body>) -> Answer {
        let client = self.0.clone();
        Box::pin(async move {
            match client.oneshot(request).await {
                Ok(response) => Ok(response.map(drop)),
                Err(auth_tower::Error::Auth(error)) => Err(error),
                Err(auth_tower::Error::Inner(never)) => match never {},
            }
        })
    }
}

//! cf-gears-toolkit-auth: a Tower layer over a token that a task keeps up to date.

use std::convert::Infallible;
use std::time::Duration;

use auth_benches::Api;
use toolkit_auth::oauth2::{BearerAuthAutoRefreshLayer, BearerAuthLayer, OAuthClientConfig, TokenProvider};
use toolkit_http::HttpError;
use toolkit_utils::SecretString;
use tower::{Layer, ServiceExt};

use crate::Error;
use crate::client::{network, of_services};
use crate::contender::{Contender, Shape, Side};
use crate::issuer::CANARY;
use crate::stand::Stand;

pub(crate) const CONTENDER: Contender = Contender {
    label: "cf-gears-toolkit-auth `BearerAuthLayer`",
    package: Some("cf-gears-toolkit-auth"),
    side: Side::Peer,
    shape: Shape::Layer,
    replays: false,
    ahead: Duration::from_secs(1800),
    note: "",
    start: |stand| {
        Box::pin(async move {
            let layer = BearerAuthLayer::new(provider(&stand)?);
            let api = layer.layer(Api.map_err(never as fn(Infallible) -> HttpError));
            of_services(api, layer.layer(network().map_err(transport as Transport)), &stand.origin)
        })
    },
};

pub(crate) const WITH_REPLAY: Contender = Contender {
    label: "cf-gears-toolkit-auth `BearerAuthAutoRefreshLayer`",
    replays: true,
    note: "sends once more after a 401",
    start: |stand| {
        Box::pin(async move {
            let layer = BearerAuthAutoRefreshLayer::new(provider(&stand)?);
            let api = layer.layer(Api.map_err(never as fn(Infallible) -> HttpError));
            of_services(api, layer.layer(network().map_err(transport as Transport)), &stand.origin)
        })
    },
    ..CONTENDER
};

type Transport = fn(hyper_util::client::legacy::Error) -> HttpError;

/// The error that the layers want from below.
fn never(never: Infallible) -> HttpError {
    match never {}
}

fn transport(error: hyper_util::client::legacy::Error) -> HttpError {
    HttpError::Transport(Box::new(error))
}

/// As it comes, but for the chance in when it refreshes.
fn provider(stand: &Stand) -> Result<TokenProvider, Error> {
    Ok(TokenProvider::new(OAuthClientConfig {
        token_endpoint: Some(stand.issuer.url().parse()?),
        client_id: "client".into(),
        client_secret: SecretString::new(format!("{CANARY}-secret")),
        jitter_max: Duration::ZERO,
        ..OAuthClientConfig::default()
    })?)
}

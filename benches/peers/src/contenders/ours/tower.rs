//! The Tower layer.

use auth_tower::AuthLayer;

use super::{AHEAD, authenticator};
use crate::client::of_layer;
use crate::contender::{Contender, Shape, Side};

pub(crate) const CONTENDER: Contender = Contender {
    label: "auth-tower `AuthLayer`, without replay",
    package: Some("auth-tower"),
    side: Side::Ours,
    shape: Shape::Layer,
    replays: false,
    ahead: AHEAD,
    note: "",
    start: |stand| {
        Box::pin(async move { of_layer(&AuthLayer::new(authenticator(&stand)?).without_replay(), &stand.origin) })
    },
};

pub(crate) const WITH_REPLAY: Contender = Contender {
    label: "auth-tower `AuthLayer`",
    replays: true,
    note: "sends once more after a 401, so it copies the request's head",
    start: |stand| Box::pin(async move { of_layer(&AuthLayer::new(authenticator(&stand)?), &stand.origin) }),
    ..CONTENDER
};

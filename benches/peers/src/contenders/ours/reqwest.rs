//! The reqwest middleware.

use auth_reqwest::AuthMiddleware;

use super::{AHEAD, authenticator};
use crate::client::of_middleware;
use crate::contender::{Contender, Shape, Side};

pub(crate) const CONTENDER: Contender = Contender {
    label: "auth-reqwest `AuthMiddleware`, without replay",
    package: Some("auth-reqwest"),
    side: Side::Ours,
    shape: Shape::Middleware,
    replays: false,
    ahead: AHEAD,
    note: "",
    start: |stand| {
        Box::pin(
            async move { of_middleware(AuthMiddleware::new(authenticator(&stand)?).without_replay(), &stand.origin) },
        )
    },
};

pub(crate) const WITH_REPLAY: Contender = Contender {
    label: "auth-reqwest `AuthMiddleware`",
    replays: true,
    note: "sends once more after a 401, so it copies the request",
    start: |stand| Box::pin(async move { of_middleware(AuthMiddleware::new(authenticator(&stand)?), &stand.origin) }),
    ..CONTENDER
};

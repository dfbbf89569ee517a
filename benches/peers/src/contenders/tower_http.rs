//! A header that never changes, put on by a Tower layer.

use std::time::Duration;

use tower_http::auth::AddAuthorizationLayer;

use crate::client::of_layer;
use crate::contender::{Contender, Shape, Side};

pub(crate) const CONTENDER: Contender = Contender {
    label: "tower-http `AddAuthorization`",
    package: Some("tower-http"),
    side: Side::Fixed,
    shape: Shape::Layer,
    replays: false,
    ahead: Duration::ZERO,
    note: "",
    start: |stand| {
        Box::pin(async move {
            let layer = AddAuthorizationLayer::bearer(&stand.issuer.exchange().await?.token).as_sensitive(true);
            of_layer(&layer, &stand.origin)
        })
    },
};

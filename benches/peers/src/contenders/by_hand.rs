//! A header that never changes, put on by the program itself.

use std::time::Duration;

use http::{HeaderValue, Request, header::AUTHORIZATION};

use crate::Error;
use crate::client::{Shared, bearer, of_value};
use crate::contender::{Contender, Shape, Side};

pub(crate) const CONTENDER: Contender = Contender {
    label: "header inserted by hand",
    package: None,
    side: Side::Fixed,
    shape: Shape::Value,
    replays: false,
    ahead: Duration::ZERO,
    note: "",
    start: |stand| {
        Box::pin(async move { of_value(ByHand(bearer(&stand.issuer.exchange().await?.token)?), &stand.origin) })
    },
};

#[derive(Clone)]
struct ByHand(HeaderValue);

impl Shared for ByHand {
    #[inline]
    async fn attach<B: Default + Send>(&self, request: &mut Request<B>) -> Result<(), Error> {
        request.headers_mut().insert(AUTHORIZATION, self.0.clone());
        Ok(())
    }
}

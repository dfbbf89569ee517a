//! middle: a header that a task keeps up to date.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, header::AUTHORIZATION};
use middle::{Authorizer, BasicClientCredentialAuthorizer};

use crate::Error;
use crate::client::{Shared, of_value};
use crate::contender::{Contender, Shape, Side};
use crate::issuer::CANARY;

pub(crate) const CONTENDER: Contender = Contender {
    label: "middle",
    package: Some("middle"),
    side: Side::Peer,
    shape: Shape::Value,
    replays: false,
    ahead: Duration::from_secs(30),
    note: "asks for the first token when it is made; looks at the monotonic clock",
    start: |stand| {
        Box::pin(async move {
            let secret = format!("{CANARY}-secret");
            let url = stand.issuer.url().parse()?;
            let authorizer = BasicClientCredentialAuthorizer::basic_builder("client", &secret, url).build().await?;
            of_value(Authorized(authorizer), &stand.origin)
        })
    },
};

#[derive(Clone)]
struct Authorized(BasicClientCredentialAuthorizer);

impl Shared for Authorized {
    #[inline]
    async fn attach<B: Default + Send>(&self, request: &mut Request<B>) -> Result<(), Error> {
        let value = Arc::unwrap_or_clone(self.0.authorization_header()?);
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    }
}

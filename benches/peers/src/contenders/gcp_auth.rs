//! gcp_auth: a service account that exchanges a signed assertion.

use std::sync::Arc;
use std::time::Duration;

use gcp_auth::{CustomServiceAccount, TokenProvider};
use http::{Request, header::AUTHORIZATION};
use serde_json::json;

use crate::Error;
use crate::client::{Shared, bearer, of_value};
use crate::contender::{Contender, Shape, Side};

pub(crate) const CONTENDER: Contender = Contender {
    label: "gcp_auth",
    package: Some("gcp_auth"),
    side: Side::Peer,
    shape: Shape::Value,
    replays: false,
    ahead: Duration::from_secs(20),
    note: "signs with RSA for every exchange",
    start: |stand| {
        Box::pin(async move {
            let account = json!({
                "client_email": "account@example.com",
                "private_key": stand.key,
                "token_uri": stand.issuer.url(),
            });
            of_value(Account(Arc::new(CustomServiceAccount::from_json(&account.to_string())?)), &stand.origin)
        })
    },
};

#[derive(Clone)]
struct Account(Arc<CustomServiceAccount>);

impl Shared for Account {
    #[inline]
    async fn attach<B: Default + Send>(&self, request: &mut Request<B>) -> Result<(), Error> {
        let token = self.0.token(&["scope"]).await?;
        request.headers_mut().insert(AUTHORIZATION, bearer(token.as_str())?);
        Ok(())
    }
}

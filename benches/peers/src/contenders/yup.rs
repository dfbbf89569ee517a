//! yup-oauth2: a service account that exchanges a signed assertion.

use std::time::Duration;

use http::{Request, header::AUTHORIZATION};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use yup_oauth2::authenticator::Authenticator;
use yup_oauth2::hyper_rustls::HttpsConnector;
use yup_oauth2::{ServiceAccountAuthenticator, ServiceAccountKey};

use crate::Error;
use crate::client::{Shared, bearer, of_value};
use crate::contender::{Contender, Shape, Side};

pub(crate) const CONTENDER: Contender = Contender {
    label: "yup-oauth2",
    package: Some("yup-oauth2"),
    side: Side::Peer,
    shape: Shape::Value,
    replays: false,
    ahead: Duration::from_secs(60),
    note: "shares no exchange: whoever finds no token asks",
    start: |stand| {
        Box::pin(async move {
            let key: ServiceAccountKey = serde_json::from_value(json!({
                "client_email": "account@example.com",
                "private_key": stand.key,
                "token_uri": stand.issuer.url(),
            }))?;
            of_value(Account(ServiceAccountAuthenticator::builder(key).build().await?), &stand.origin)
        })
    },
};

#[derive(Clone)]
struct Account(Authenticator<HttpsConnector<HttpConnector>>);

impl Shared for Account {
    #[inline]
    async fn attach<B: Default + Send>(&self, request: &mut Request<B>) -> Result<(), Error> {
        let token = self.0.token(&["scope"]).await?;
        request.headers_mut().insert(AUTHORIZATION, bearer(token.token().ok_or("no token")?)?);
        Ok(())
    }
}

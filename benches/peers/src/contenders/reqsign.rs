//! reqsign: the signer of the Google services, given a token to sign with.

use std::fmt;
use std::mem;
use std::time::Duration;

use http::Request;
use reqsign_core::time::Timestamp;
use reqsign_core::{Context, ProvideCredential, Signer};
use reqsign_google::{Credential, RequestSigner, Token};

use crate::Error;
use crate::client::{Shared, of_value};
use crate::contender::{Contender, Shape, Side};
use crate::issuer::Issuer;

pub(crate) const CONTENDER: Contender = Contender {
    label: "reqsign-google",
    package: Some("reqsign-google"),
    side: Side::Peer,
    shape: Shape::Value,
    replays: false,
    ahead: Duration::from_secs(120),
    note: "signs a copy of the request's head",
    start: |stand| {
        Box::pin(async move {
            let provider = Provider(stand.issuer.clone());
            of_value(Signing(Signer::new(Context::new(), provider, RequestSigner::new("storage"))), &stand.origin)
        })
    },
};

struct Provider(Issuer);

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Provider")
    }
}

impl ProvideCredential for Provider {
    type Credential = Credential;

    async fn provide_credential(&self, _ctx: &Context) -> reqsign_core::Result<Option<Credential>> {
        let grant = self.0.exchange().await.map_err(|down| reqsign_core::Error::unexpected(down.to_string()))?;
        let expires_at = Some(Timestamp::now() + grant.lifetime);
        Ok(Some(Credential::with_token(Token { access_token: grant.token, expires_at })))
    }
}

#[derive(Clone)]
struct Signing(Signer<Credential>);

impl Shared for Signing {
    const LOOKS_AT_THE_URI: bool = true;

    #[inline]
    async fn attach<B: Default + Send>(&self, request: &mut Request<B>) -> Result<(), Error> {
        let (mut head, body) = mem::take(request).into_parts();
        let signed = self.0.sign(&mut head, None).await;
        *request = Request::from_parts(head, body);
        Ok(signed?)
    }
}

//! azure_identity: a credential with a cache of its own.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, ClientOptions, HttpClient, Request as AzureRequest, StatusCode, Transport};
use azure_identity::{ClientSecretCredential, ClientSecretCredentialOptions};
use http::{Request, header::AUTHORIZATION};

use crate::Error;
use crate::client::{Shared, bearer, of_value};
use crate::contender::{Contender, Shape, Side};
use crate::issuer::{CANARY, Down, Issuer, document};

pub(crate) const CONTENDER: Contender = Contender {
    label: "azure_identity `ClientSecretCredential`",
    package: Some("azure_identity"),
    side: Side::Peer,
    shape: Shape::Value,
    replays: false,
    ahead: Duration::from_secs(300),
    note: "asks at https only, so its HTTP client is replaced; asks four times where others ask once, if it is refused",
    start: |stand| {
        Box::pin(async move {
            let transport = Transport::new(Arc::new(Client(stand.issuer.clone())));
            let client_options = ClientOptions { transport: Some(transport), ..ClientOptions::default() };
            let options = Some(ClientSecretCredentialOptions { client_options });
            let secret = Secret::new(format!("{CANARY}-secret"));
            let credential = ClientSecretCredential::new("tenant", "client".into(), secret, options)?;
            of_value(Credential(credential), &stand.origin)
        })
    },
};

/// The token endpoint, in the place of an HTTP client.
#[derive(Debug)]
struct Client(Issuer);

#[async_trait]
impl HttpClient for Client {
    async fn execute_request(&self, _request: &AzureRequest) -> azure_core::Result<AsyncRawResponse> {
        let (status, body) = match self.0.exchange().await {
            Ok(grant) => (StatusCode::Ok, document(&grant)),
            Err(Down) => (StatusCode::ServiceUnavailable, r#"{"error":"temporarily_unavailable"}"#.to_owned()),
        };
        Ok(AsyncRawResponse::from_bytes(status, Headers::new(), body))
    }
}

#[derive(Clone)]
struct Credential(Arc<ClientSecretCredential>);

const SCOPE: &str = "https://api.example.com/.default";

impl Shared for Credential {
    #[inline]
    async fn attach<B: Default + Send>(&self, request: &mut Request<B>) -> Result<(), Error> {
        let token = self.0.get_token(&[SCOPE], None).await?;
        request.headers_mut().insert(AUTHORIZATION, bearer(token.token.secret())?);
        Ok(())
    }
}

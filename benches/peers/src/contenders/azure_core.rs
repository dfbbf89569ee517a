//! azure_core: the policy that authorizes the requests of the Azure SDK's clients, on its own kind of request.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions};
use azure_core::error::ErrorKind;
use azure_core::http::headers::{ACCEPT, Headers};
use azure_core::http::policies::auth::BearerTokenAuthorizationPolicy;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{AsyncRawResponse, Context, Method, Request, StatusCode, Url};
use azure_core::time::OffsetDateTime;

use crate::client::{Batch, Client, Sender};
use crate::contender::{Contender, Shape, Side};
use crate::issuer::Issuer;

pub(crate) const CONTENDER: Contender = Contender {
    label: "azure_core `BearerTokenAuthorizationPolicy`",
    package: Some("azure_core"),
    side: Side::Peer,
    shape: Shape::Own,
    replays: false,
    ahead: Duration::from_secs(300),
    note: "has a request type and a pipeline of its own, so it stands behind no middleware of others",
    start: |stand| {
        Box::pin(async move {
            let credential = Arc::new(Credential(stand.issuer.clone()));
            let policy = BearerTokenAuthorizationPolicy::new(credential, ["https://api.example.com/.default"]);
            let url: Url = format!("{}/items", stand.origin).parse()?;
            let (calling, to) = (policy.clone(), url.clone());
            Ok(Client {
                sender: Some(Box::new(move || {
                    Box::new(Pipeline { policy: policy.clone(), last: last(), url: url.clone(), requests: Vec::new() })
                })),
                middleware: None,
                call: Box::new(move || {
                    let (policy, mut request) = (calling.clone(), request(&to));
                    Box::pin(async move {
                        let sent = policy.send(&Context::new(), &mut request, &last()).await;
                        sent.is_ok() && headers(&request) == 2
                    })
                }),
                wire: None,
            })
        })
    },
};

#[derive(Debug)]
struct Credential(Issuer);

#[async_trait]
impl TokenCredential for Credential {
    async fn get_token(&self, _: &[&str], _: Option<TokenRequestOptions<'_>>) -> azure_core::Result<AccessToken> {
        let grant =
            self.0.exchange().await.map_err(|down| azure_core::Error::new(ErrorKind::Credential, Box::new(down)))?;
        Ok(AccessToken::new(Secret::new(grant.token), OffsetDateTime::now_utc() + grant.lifetime))
    }
}

/// What stands at the end, and answers at once.
#[derive(Debug)]
struct Api;

#[async_trait]
impl Policy for Api {
    async fn send(&self, _: &Context, request: &mut Request, _: &[Arc<dyn Policy>]) -> PolicyResult {
        black_box(request);
        Ok(AsyncRawResponse::from_bytes(StatusCode::Ok, Headers::new(), Vec::new()))
    }
}

fn last() -> [Arc<dyn Policy>; 1] {
    [Arc::new(Api)]
}

fn request(url: &Url) -> Request {
    let mut request = Request::new(url.clone(), Method::Get);
    request.insert_header(ACCEPT, "application/json");
    request
}

fn headers(request: &Request) -> usize {
    request.headers().iter().count()
}

struct Pipeline {
    policy: BearerTokenAuthorizationPolicy,
    last: [Arc<dyn Policy>; 1],
    url: Url,
    requests: Vec<Request>,
}

impl Sender for Pipeline {
    fn build(&mut self, hits: usize) {
        self.requests.extend((0..hits).map(|_| request(&self.url)));
    }

    fn send(&mut self) -> Batch<'_> {
        Box::pin(async move {
            let (mut arrived, context) = (0, Context::new());
            for mut request in self.requests.drain(..) {
                self.policy.send(&context, &mut request, &self.last).await?;
                arrived += headers(&request);
            }
            Ok(arrived)
        })
    }
}

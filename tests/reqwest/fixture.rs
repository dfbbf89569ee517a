//! Middleware clients over sockets and in the process.

use auth_core::sources::StaticToken;
use auth_core::{Authenticator, Builder};
use auth_emulator::Emulator;
use auth_reqwest::{AuthMiddleware, api_client};
use http::header::AUTHORIZATION;
use http::{Extensions, HeaderName, StatusCode};
use reqwest::{Client, Request, Response, ResponseBuilderExt};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next, Result};

use crate::rig::{self, Api};

pub(crate) type Stage = rig::Stage<rig::Reqwest>;

pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The client for authenticated requests, whatever the environment says about proxies.
pub(crate) fn plain() -> Client {
    api_client().no_proxy().build().unwrap()
}

/// This client with the middleware in it.
pub(crate) fn over(client: Client, auth: &Authenticator) -> ClientWithMiddleware {
    ClientBuilder::new(client).with(AuthMiddleware::new(auth.clone())).build()
}

/// A token of the emulator's, handed out without a token request, in this header.
pub(crate) fn handed(emulator: &Emulator, header: &HeaderName) -> Builder {
    let source = StaticToken::new(emulator.issue_token()).unwrap();
    let source = if *header == AUTHORIZATION { source } else { source.in_header(header.clone()) };
    Authenticator::builder(source).for_origins([emulator.url()])
}

/// The innermost middleware: answers from an API in this process.
pub(crate) struct Inside(pub(crate) Api);

#[async_trait::async_trait]
impl Middleware for Inside {
    async fn handle(&self, request: Request, _: &mut Extensions, _: Next<'_>) -> Result<Response> {
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default().to_vec();
        let mut sent = http::Request::builder().method(request.method()).uri(request.url().as_str());
        sent.headers_mut().unwrap().clone_from(request.headers());
        let (head, body) = self.0.respond(sent.body(body.into()).unwrap()).into_parts();
        let mut response = http::Response::builder().url(request.url().clone()).status(head.status);
        response.headers_mut().unwrap().clone_from(&head.headers);
        Ok(response.body(body).unwrap().into())
    }
}

/// The statuses of all that the API of the emulator answered.
pub(crate) fn statuses(emulator: &Emulator) -> Vec<Option<StatusCode>> {
    emulator.api_requests().iter().map(auth_emulator::RecordedRequest::status).collect()
}

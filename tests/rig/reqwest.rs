//! auth-reqwest: the middleware over an API in this process, or over reqwest's own client.

use std::mem;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use auth_core::{Authenticator, Transport};
use auth_reqwest::{AuthMiddleware, ErrorExt, ReqwestTransport, api_client, token_client};
use bytes::Bytes;
use http::Extensions;
use http_body_util::BodyExt;
use reqwest::{Body, Request, Response, ResponseBuilderExt, Url};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};

use super::{Adapter, Client, Failed, Load, Redirects, Replay, Server, Setup, follow};

pub(crate) struct Reqwest;

/// What a middleware client needs to be built; in the process nobody asks it.
static UNUSED: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);

impl Reqwest {
    /// A client over sockets that speaks HTTP/2, without TLS (RFC 9113, section 3.3).
    pub(crate) fn over_http2(auth: Authenticator, replay: Replay) -> Client {
        let client = small(api_client()).http2_prior_knowledge().build().unwrap();
        wrapped(ClientBuilder::new(client).with(middleware(auth, replay)).build())
    }
}

impl Adapter for Reqwest {
    fn in_process(setup: Setup) -> Client {
        let Setup { auth, replay, redirects, server } = setup;
        let mut client = ClientBuilder::new(UNUSED.clone());
        if redirects == Redirects::Outside {
            client = client.with(FollowOutside);
        }
        wrapped(client.with(middleware(auth, replay)).with(Terminal { server, redirects }).build())
    }

    fn over_sockets(auth: Authenticator, replay: Replay) -> Client {
        let client = small(api_client()).build().unwrap();
        wrapped(ClientBuilder::new(client).with(middleware(auth, replay)).build())
    }

    fn transport() -> Arc<dyn Transport> {
        Arc::new(ReqwestTransport::with_builder(small(token_client())).unwrap())
    }

    const PATH_ONLY: bool = false;

    const HAS_REQWESTS_TLS: bool = true;
}

/// Whatever the environment says about proxies. With TLS, to read the system's certificates takes longer than a test does.
fn small(client: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    #[cfg(feature = "tls")]
    let client = client.tls_certs_only([]);
    client.no_proxy()
}

fn middleware(auth: Authenticator, replay: Replay) -> AuthMiddleware {
    let middleware = AuthMiddleware::new(auth);
    match replay {
        Replay::AsMade | Replay::Bodies => middleware,
        Replay::Never => middleware.without_replay(),
        Replay::If(all) => all.iter().fold(middleware, |middleware, allows| middleware.replay_if(allows)),
    }
}

fn wrapped(client: ClientWithMiddleware) -> Client {
    Client::new(move |request| {
        let client = client.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let mut request = Request::new(head.method, Url::parse(&head.uri.to_string()).unwrap());
            *request.headers_mut() = head.headers;
            *request.body_mut() = match body {
                Load::Bytes(bytes) if bytes.is_empty() => None,
                Load::Bytes(bytes) => Some(bytes.into()),
                once @ Load::Once(_) => Some(Body::wrap(once)),
            };
            let mut extensions = head.extensions;
            let response = client.execute_with_extensions(request, &mut extensions).await.map_err(|error| {
                let ours = error.auth().cloned();
                ours.map_or_else(|| Failed::Client(error.into()), Failed::Auth)
            })?;
            whole(response).await
        })
    })
}

async fn whole(mut response: Response) -> Result<http::Response<Bytes>, Failed> {
    let mut answer = http::Response::new(Bytes::new());
    *answer.status_mut() = response.status();
    *answer.headers_mut() = mem::take(response.headers_mut());
    *answer.extensions_mut() = mem::take(response.extensions_mut());
    *answer.body_mut() = response.bytes().await.map_err(|error| Failed::Client(error.into()))?;
    Ok(answer)
}

/// The innermost: answers from an API in this process, in the place of reqwest's client, and calls nobody further inside.
struct Terminal {
    server: Arc<dyn Server>,
    redirects: Redirects,
}

#[async_trait]
impl Middleware for Terminal {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        _next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let mut url = request.url().clone();
        let body = match request.body_mut().take() {
            Some(body) => body.collect().await?.to_bytes(),
            None => Bytes::new(),
        };
        loop {
            // As reqwest does it.
            let builder = http::Request::builder().method(request.method()).uri(url.as_str());
            let mut sent = builder.body(body.clone()).unwrap();
            sent.headers_mut().clone_from(request.headers());
            sent.extensions_mut().clone_from(extensions);
            let answer = self.server.answer(sent).await;
            if let Some(to) = follow::next(self.redirects, &url, &answer) {
                follow::drop_known(request.headers_mut(), &url, &to);
                url = to;
                continue;
            }
            let (head, body) = answer.into_parts();
            let mut response = http::Response::builder().url(url).body(body).unwrap();
            *response.status_mut() = head.status;
            *response.headers_mut() = head.headers;
            return Ok(response.into());
        }
    }
}

/// Follows redirects where each hop passes through the adapter.
struct FollowOutside;

#[async_trait]
impl Middleware for FollowOutside {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        loop {
            let again = request.try_clone().unwrap();
            let response = next.clone().run(again, extensions).await?;
            let location = response.headers().get(http::header::LOCATION).and_then(|to| to.to_str().ok());
            let to = location.and_then(|location| request.url().join(location).ok());
            match to.filter(|_| response.status().is_redirection()) {
                Some(to) => *request.url_mut() = to,
                None => return Ok(response),
            }
        }
    }
}

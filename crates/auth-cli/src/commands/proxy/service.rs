//! One request's way: in at the gate, rewritten, sent with the credential, and its answer back.

use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use tokio::sync::mpsc;

use super::body::{Reply, Upload};
use super::gate::{Admitted, Gate};
use super::numbers::{Flight, Numbers};
use super::patience::Progress;
use super::refusal::Refusal;
use super::upstream::{Error, Sender, Upstream};
use super::{headers, location, target, upgrade};
use crate::serving::line::{InUse, Line};

/// The token's own limit is `--timeout`, too. With this much more for the whole, its error is told, and not the upstream's.
const AFTER_THE_TOKEN: Duration = Duration::from_millis(250);

/// What every request shares.
#[derive(Debug)]
pub(super) struct Proxy {
    pub(super) gate: Gate,
    pub(super) upstream: Upstream,
    pub(super) numbers: Arc<Numbers>,
    /// How long nothing may happen until the head of the answer.
    pub(super) timeout: Duration,
    pub(super) keep_authorization: bool,
    /// Held by each WebSocket, so that the end can wait for them.
    pub(super) alive: mpsc::Sender<()>,
}

/// What an answer brings besides its head.
enum Rest {
    Body(Incoming, InUse),
    /// The connection belongs to a WebSocket from here on.
    Switched,
}

impl Proxy {
    /// Answers a request that came by this line.
    pub(super) async fn answer(&self, request: Request<Incoming>, line: &Line) -> Response<Reply> {
        let mut flight = Flight::begin(&self.numbers);
        let method = request.method().clone();
        let result = self.forward(request, line).await;
        flight.answered();
        let response = match result {
            Ok(response) => response.map(|rest| match rest {
                Rest::Body(body, in_use) => Reply::Passing { body, flight, _in_use: in_use },
                Rest::Switched => Reply::own(""),
            }),
            Err(refusal) => {
                self.numbers.refused(refusal.code);
                tracing::info!(%method, status = refusal.status.as_u16(), error = refusal.code, "refused");
                refusal.into_response()
            }
        };
        self.numbers.answered(&method, response.status());
        response
    }

    async fn forward(&self, mut request: Request<Incoming>, line: &Line) -> Result<Response<Rest>, Refusal> {
        let progress = Arc::new(Progress::begin());
        // Taken before the head is taken apart: it is among the extensions, which stay here.
        let switching = upgrade::is_asked_for(request.method(), request.version(), request.headers())
            .then(|| hyper::upgrade::on(&mut request));
        let (mut parts, body) = request.into_parts();
        let Admitted { target, prefix } = self.gate.admit(&mut parts, line.local)?;
        let in_use = line.admit();
        parts.uri = target::upstream_uri(&self.upstream.endpoint, &target)?;
        self.upstream.put_in_context(&mut parts.uri, &mut parts.headers);
        headers::end_request(&mut parts.headers);
        headers::announce_body(&parts.method, &body, &mut parts.headers);
        let sender = match &switching {
            Some(_) => {
                upgrade::ask(&mut parts.headers);
                self.upstream.switching(&mut parts.headers)
            }
            None => self.upstream.sender(parts.version, &parts.headers),
        };
        let (method, path) = (parts.method.clone(), parts.uri.clone());
        let written = (!self.keep_authorization).then(|| sender.written());
        let body = Upload::new(body, &self.numbers, &progress, written);
        let answer = progress.wait(self.timeout + AFTER_THE_TOKEN, self.send(sender, parts, body)).await;
        let mut answer = answer.ok_or_else(Refusal::timeout)?.map_err(|error| match error {
            Error::Auth(error) => Refusal::token(&error),
            Error::Inner(_) if progress.is_broken() => Refusal::body(),
            Error::Inner(error) => Refusal::upstream(&error),
        })?;
        let time = progress.begun().elapsed();
        self.numbers.took(time);
        tracing::info!(%method, path = path.path(), status = answer.status().as_u16(), ?time, "answered");
        location::rewrite(answer.headers_mut(), &self.upstream.endpoint, &prefix);
        self.back(answer, switching, in_use)
    }

    async fn send(&self, sender: &Sender, mut parts: Parts, body: Upload) -> Result<Response<Incoming>, Error> {
        if !self.keep_authorization {
            sender.strip(&mut parts.headers, &parts.uri).await?;
        }
        // The extensions are the caller's connection's, and say nothing to the next.
        let mut request = Request::new(body);
        (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (parts.method, parts.uri, parts.headers);
        sender.send(request).await
    }

    /// An answer as the caller gets it.
    fn back(
        &self,
        mut answer: Response<Incoming>,
        switching: Option<OnUpgrade>,
        in_use: InUse,
    ) -> Result<Response<Rest>, Refusal> {
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            headers::end_response(answer.headers_mut());
            let (parts, body) = answer.into_parts();
            let mut answer = Response::new(Rest::Body(body, in_use));
            (*answer.status_mut(), *answer.headers_mut()) = (parts.status, parts.headers);
            return Ok(answer);
        }
        // Nobody asked for it.
        let caller = switching.ok_or_else(Refusal::upgrade)?;
        let headers = upgrade::join(caller, answer, &self.numbers, self.alive.clone())?;
        let mut answer = Response::new(Rest::Switched);
        (*answer.status_mut(), *answer.headers_mut()) = (StatusCode::SWITCHING_PROTOCOLS, headers);
        Ok(answer)
    }
}

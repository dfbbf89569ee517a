//! What the contenders are made of: one token, shared by all.

use std::future::ready;
use std::time::Duration;

use auth_core::{Authenticator, Token, source_fn};
use auth_reqwest::AuthMiddleware;
use auth_tower::AuthLayer;
use http::{HeaderValue, Uri};
use tower::Layer;
use tower_http::auth::AddAuthorizationLayer;

use super::api::{Api, NoOp, ORIGIN};
use super::contender::Contender;
use super::reqwest;
use super::sender::{ByHand, Cloned, Kept, Sender};
use super::still::StillRuntime;
use crate::Error;

/// Where an authenticator reads the time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    /// The system's clocks, as in a program.
    System,
    /// Memory, so that instructions can be counted.
    Still,
}

pub(crate) struct Material {
    uri: Uri,
    value: HeaderValue,
    bearer: AddAuthorizationLayer,
    auth: AuthLayer,
    middleware: AuthMiddleware,
}

/// About what a JWT with a few claims takes.
fn token() -> String {
    "x".repeat(1024)
}

impl Material {
    pub(crate) fn new(clock: Clock) -> Result<Self, Error> {
        // With an end, so that both clocks are looked at.
        let source = source_fn(|_cx| ready(Ok(Token::bearer(token()).expires_in(Duration::from_secs(3600)))));
        let auth = Authenticator::builder(source).for_origins([ORIGIN]);
        let auth = match clock {
            Clock::System => auth.build()?,
            Clock::Still => auth.runtime(StillRuntime::default()).build()?,
        };
        let mut value = HeaderValue::try_from(format!("Bearer {}", token()))?;
        value.set_sensitive(true);
        Ok(Self {
            uri: format!("{ORIGIN}/items").parse()?,
            value,
            bearer: AddAuthorizationLayer::bearer(&token()),
            auth: AuthLayer::new(auth.clone()),
            middleware: AuthMiddleware::new(auth),
        })
    }

    /// One of them, which has sent a few requests and whose requests arrive as they should.
    pub(crate) fn sender(&self, contender: Contender) -> Result<Box<dyn Sender>, Error> {
        let mut sender = self.cold_sender(contender)?;
        sender.build(3);
        if sender.send() != 3 * contender.headers() {
            return Err(format!("{}: other headers arrived than should", contender.key()).into());
        }
        Ok(sender)
    }

    fn cold_sender(&self, contender: Contender) -> Result<Box<dyn Sender>, Error> {
        let uri = self.uri.clone();
        Ok(match contender {
            Contender::ByHand => Box::new(ByHand::new(self.value.clone(), uri)),
            Contender::NoOp => Box::new(Kept::new(NoOp(Api), uri)),
            Contender::Static => Box::new(Kept::new(self.bearer.layer(Api), uri)),
            Contender::Ours => Box::new(Kept::new(self.auth.clone().without_replay().layer(Api), uri)),
            Contender::Replay => Box::new(Kept::new(self.auth.layer(Api), uri)),
            Contender::StaticCloned => Box::new(Cloned::new(self.bearer.layer(Api), uri)),
            Contender::OursCloned => Box::new(Cloned::new(self.auth.clone().without_replay().layer(Api), uri)),
            Contender::ReplayCloned => Box::new(Cloned::new(self.auth.layer(Api), uri)),
            Contender::ReqwestNoOp => Box::new(reqwest::Client::new(reqwest::NoOp, &uri)?),
            Contender::ReqwestOurs => Box::new(reqwest::Client::new(self.middleware.clone().without_replay(), &uri)?),
            Contender::ReqwestReplay => Box::new(reqwest::Client::new(self.middleware.clone(), &uri)?),
        })
    }
}

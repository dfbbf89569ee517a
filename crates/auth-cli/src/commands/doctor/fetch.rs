//! Fetching a token, once and without a cache.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use auth_core::{Access, Authenticator, Credential, Error, ErrorKind, Origin, Policy, Transport, async_trait};
use auth_reqwest::ReqwestTransport;
use bytes::Bytes;
use http::{Request, Response};
use tokio::time::timeout;

use super::check::Check;
use super::clock::Answer;
use super::{credential, reach};
use crate::context::Context;
use crate::failure::Exit;
use crate::network;

pub(super) const ID: &str = "token";

/// What came of it.
pub(super) struct Fetched {
    pub(super) auth: Option<Authenticator>,
    pub(super) token: Result<Credential, Error>,
    /// Whether there is none to be fetched.
    pub(super) is_none_needed: bool,
    seen: Seen,
}

/// What was seen on the way.
#[derive(Clone, Debug, Default)]
struct Seen(Arc<Mutex<Vec<Sent>>>);

#[derive(Debug)]
struct Sent {
    origin: Origin,
    answer: Option<(String, i64)>,
}

/// Fetches. That a failure is not tried again is on purpose: it is the first one that says what is wrong.
pub(super) async fn fetch(access: &Access, context: &Context) -> Fetched {
    let seen = Seen::default();
    let (auth, token) = match authenticator(access, context.timeout(), seen.clone()) {
        Err(error) => (None, Err(error)),
        Ok(auth) => {
            let token = match timeout(context.timeout(), auth.token(Duration::ZERO)).await {
                Ok(token) => token,
                Err(_) => Err(Error::new(ErrorKind::Timeout, "no token came in time: --timeout allows more")),
            };
            (Some(auth), token)
        }
    };
    Fetched { auth, token, is_none_needed: access.is_none_needed(), seen }
}

fn authenticator(access: &Access, limit: Duration, seen: Seen) -> Result<Authenticator, Error> {
    let mut policy = Policy::default();
    policy.attempts = 1;
    policy.attempt_timeout = policy.attempt_timeout.min(limit);
    access.builder().policy(policy).transport(Watched { inner: network::transport()?, seen }).build()
}

/// A transport that is looked at: where a source sends its requests is known to nobody else before.
struct Watched {
    inner: ReqwestTransport,
    seen: Seen,
}

#[async_trait]
impl Transport for Watched {
    async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
        let uri = request.uri().clone();
        let origin = uri.scheme_str().zip(uri.authority());
        let origin = origin.and_then(|(scheme, host)| Origin::parse(&format!("{scheme}://{host}")).ok());
        let sent = SystemTime::now();
        let answer = self.inner.send(request, limit).await;
        let dated = answer.as_ref().ok().and_then(|answer| reach::dated(uri.host()?, answer.headers(), sent));
        if let Some(origin) = origin {
            let answer = dated.map(|answer| (answer.host, answer.ahead));
            self.seen.0.lock().unwrap_or_else(PoisonError::into_inner).push(Sent { origin, answer });
        }
        answer
    }
}

impl Fetched {
    /// Where the first request went, if one was made.
    pub(super) fn origin(&self) -> Option<Origin> {
        self.seen.0.lock().unwrap_or_else(PoisonError::into_inner).first().map(|sent| sent.origin.clone())
    }

    pub(super) fn answers(&self) -> Vec<Answer> {
        let sent = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = sent.iter().filter_map(|sent| sent.answer.clone());
        answers.map(|(host, ahead)| Answer { host, ahead }).collect()
    }

    /// `way` is what is broken on the way there, if anything is.
    pub(super) fn check(&self, way: Option<&'static str>) -> Check {
        if self.is_none_needed {
            return Check::skipped(ID, "no credential is needed");
        }
        match (&self.token, way) {
            (Ok(token), _) => self.came(token),
            (Err(error), Some(way)) if error.is_transient() => Check::after(ID, way),
            (Err(error), _) => {
                let mut details = vec![format!("kind: {}", error.kind())];
                details.extend(error.status().map(|status| format!("status: {status}")));
                details.extend(
                    error.retry_after().map(|pause| format!("retry after: {}", humantime::format_duration(pause))),
                );
                details.extend(error.request_id().map(|id| format!("request: {id}")));
                let summary = error.to_string().replace('\n', " ");
                let check = Check::fail(ID, summary, credential::fix(error));
                check.with_exit(Exit::of(error.kind())).with_details(details)
            }
        }
    }

    fn came(&self, token: &Credential) -> Check {
        let how = if self.origin().is_some() { "a token came" } else { "the token is there" };
        let remaining = self.auth.as_ref().and_then(|auth| auth.status().remaining());
        let summary = match remaining {
            Some(left) => {
                let left = humantime::format_duration(Duration::from_secs(left.as_secs()));
                format!("{how}, valid for {left}")
            }
            None => format!("{how}, and does not say how long it is valid"),
        };
        let print = token.secret().map(|secret| format!("fingerprint: {}", secret.fingerprint()));
        Check::ok(ID, summary).with_details(print)
    }
}

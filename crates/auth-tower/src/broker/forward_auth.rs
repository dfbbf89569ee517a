//! Asks the page's backend whether there is a session.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use auth_core::exchange::TokenEndpoint;
use auth_core::{Authenticator, Error, ErrorKind, Transport};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, COOKIE, HOST, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Request, request};

use super::refusal::Refusal;

/// A person waits for the page.
const PATIENCE: Duration = Duration::from_secs(5);

/// Nothing of the body is looked at, but a page of any usual length is no error.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// What the backend decides by.
const PASSED_ON: [HeaderName; 3] = [COOKIE, AUTHORIZATION, ORIGIN];

/// A URL, and what it is asked by.
pub(super) struct ForwardAuth {
    url: TokenEndpoint,
    transport: Box<dyn Transport>,
}

impl ForwardAuth {
    pub(super) fn new(url: &str, transport: impl Transport) -> Result<Self, Error> {
        let url = TokenEndpoint::parse(url).map_err(|_| {
            let message = "the forward-auth URL is not usable: write it as https://host/path; plain http is for loopback \
                           only, since it gets the page's cookies";
            Error::misconfigured(message)
        })?;
        Ok(Self { url, transport: Box::new(transport) })
    }

    pub(super) fn host(&self) -> &str {
        self.url.host()
    }

    pub(super) async fn check(&self, head: &request::Parts, clock: &Authenticator) -> Result<(), Refusal> {
        let mut question = Request::new(Bytes::new());
        *question.uri_mut() = self.url.uri().clone();
        *question.headers_mut() = said(head);
        let mut answer = pin!(self.transport.send(question, ANSWER_LIMIT));
        let mut end = pin!(clock.timer(PATIENCE));
        let answer = poll_fn(|cx| match answer.as_mut().poll(cx) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending => end.as_mut().poll(cx).map(|()| None),
        });
        // A transport's own error speaks of a token endpoint.
        let silent = |what| Refusal::SessionUnchecked(Error::new(ErrorKind::Transient, what).with_host(self.host()));
        match answer.await {
            Some(Ok(answer)) => match answer.status().as_u16() {
                200..=299 => Ok(()),
                401 => Err(Refusal::NoSession),
                403 => Err(Refusal::SessionForbidden),
                other => Err(Refusal::SessionUnclear(other)),
            },
            Some(Err(_)) => Err(silent("the forward-auth URL could not be reached, or broke off")),
            None => Err(silent("the forward-auth URL did not answer within 5 s")),
        }
    }
}

/// The page's own words, and what it asked for, in nginx's names and in Traefik's.
fn said(head: &request::Parts) -> HeaderMap {
    let mut said = HeaderMap::new();
    for name in PASSED_ON {
        for value in head.headers.get_all(&name) {
            let mut value = value.clone();
            value.set_sensitive(true);
            said.append(name.clone(), value);
        }
    }
    said.insert(ACCEPT, HeaderValue::from_static("application/json"));
    // A method's and a path's characters can all stand in a header; the query is nobody's business.
    let method = HeaderValue::try_from(head.method.as_str()).ok();
    let path = HeaderValue::try_from(head.uri.path()).ok();
    let host = head.headers.get(HOST).cloned();
    let of_both = [
        ("x-original-method", &method),
        ("x-original-uri", &path),
        ("x-forwarded-method", &method),
        ("x-forwarded-uri", &path),
        ("x-forwarded-host", &host),
    ];
    for (name, value) in of_both {
        if let Some(value) = value {
            said.insert(HeaderName::from_static(name), value.clone());
        }
    }
    said
}

//! The road to a token endpoint, on which every request is seen, and may be changed.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use auth_core::{Error, Transport};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};

use crate::canaries::Canaries;

/// What is done to each request under way.
#[derive(Clone, Default)]
pub(crate) enum Change {
    #[default]
    Nothing,
    /// The client's credentials in Basic, as they are.
    Basic(String),
    /// This request goes in its place.
    Repeat(Box<Request<Bytes>>),
}

#[derive(Clone)]
pub(crate) struct Road {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) change: Change,
    pub(crate) canaries: Arc<Canaries>,
    last: Arc<Mutex<Option<Request<Bytes>>>>,
}

impl Road {
    pub(crate) fn new(inner: Arc<dyn Transport>, canaries: &Arc<Canaries>) -> Self {
        Self { inner, change: Change::Nothing, canaries: Arc::clone(canaries), last: Arc::default() }
    }

    /// The request that was sent last.
    pub(crate) fn last(&self) -> Option<Request<Bytes>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Transport for Road {
    async fn send(&self, mut request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
        match &self.change {
            Change::Nothing => {}
            Change::Basic(value) => {
                request.headers_mut().insert(header::AUTHORIZATION, HeaderValue::try_from(value).unwrap());
            }
            Change::Repeat(before) => request = (**before).clone(),
        }
        for (name, value) in form_urlencoded::parse(request.body()) {
            // What makes an assertion worth something; its claims are no secret.
            if let ("client_assertion" | "assertion", Some((_, signature))) = (&*name, value.rsplit_once('.')) {
                self.canaries.know("an assertion's signature", signature);
            }
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(request.clone());
        let response = self.inner.send(request, limit).await?;
        if let Ok(answer) = serde_json::from_slice::<serde_json::Value>(response.body()) {
            for name in ["access_token", "refresh_token"] {
                answer[name].as_str().inspect(|token| self.canaries.know(name, token));
            }
        }
        Ok(response)
    }
}

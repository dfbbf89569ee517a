//! A transport that answers what a test says.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::{Error, Transport};

/// Answers the requests of a source with what a test put in, in order, and keeps the requests. Clones share both. When the script has
/// ended, each request is an error that says so ([`Misconfigured`](crate::ErrorKind::Misconfigured)). Whether a source does all that
/// it should is what [`SourceCheck`](super::SourceCheck) finds out.
///
/// ```
/// use auth_core::{Authenticator, testing::ScriptedTransport, exchange::TokenEndpoint, runtime::FakeRuntime, sources::ApiKey};
/// use std::time::Duration;
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let server = ScriptedTransport::new();
/// server.answer(200, r#"{"access_token":"t","expires_in":60}"#);
/// let source = ApiKey::new(TokenEndpoint::parse("https://iam.example.com/token")?, "my-key")?;
/// let clock = FakeRuntime::new();
/// let auth = Authenticator::builder(source).anywhere().transport(server.clone()).runtime(clock.clone()).build()?;
///
/// let token = clock.block_on(auth.token(Duration::ZERO))?;
/// assert_eq!(token.secret().map(|secret| secret.expose().to_owned()).as_deref(), Some("t"));
/// assert_eq!(server.requests()[0].uri(), "https://iam.example.com/token");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct ScriptedTransport(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    /// None is never given.
    answers: VecDeque<Option<Result<Response<Bytes>, Error>>>,
    requests: Vec<Request<Bytes>>,
}

impl ScriptedTransport {
    /// One without answers.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next answer: this status with this body, which is said to be JSON.
    ///
    /// # Panics
    /// If the status is none (100 to 999).
    pub fn answer(&self, status: u16, body: impl Into<Bytes>) {
        let mut response = Response::new(body.into());
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_else(|_| panic!("{status} is no status"));
        let json = http::HeaderValue::from_static("application/json");
        response.headers_mut().insert(http::header::CONTENT_TYPE, json);
        self.answer_with(Ok(response));
    }

    /// The next answer, whole, or the error in its place.
    pub fn answer_with(&self, answer: Result<Response<Bytes>, Error>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).answers.push_back(Some(answer));
    }

    /// The next request is never answered.
    pub fn hang(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).answers.push_back(None);
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request<Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).requests.clone()
    }
}

#[async_trait]
impl Transport for ScriptedTransport {
    async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>, Error> {
        let answer = {
            let mut script = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            script.requests.push(request);
            // As of `ScriptedSource`: an outage would be asked three times, and look like one that the test is about.
            script.answers.pop_front().unwrap_or_else(|| Some(Err(Error::misconfigured("the script has ended"))))
        };
        let Some(response) = answer else { return std::future::pending().await };
        let response = response?;
        if response.body().len() > limit {
            return Err(Error::new(crate::ErrorKind::Malformed, "the answer is longer than the source takes"));
        }
        Ok(response)
    }
}

impl fmt::Debug for ScriptedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Requests and answers hold secrets.
        let script = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("ScriptedTransport")
            .field("answers", &script.answers.len())
            .field("requests", &script.requests.len())
            .finish()
    }
}

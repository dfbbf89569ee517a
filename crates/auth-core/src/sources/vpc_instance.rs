//! A virtual server's own identity.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Uri};

use crate::exchange::TokenAnswer;
use crate::exchange::reply::Reply;
use crate::url::{self, For};
use crate::{Error, ErrorKind, FetchContext, Secret, Token, TokenSource};

/// The metadata service's one address. It is link-local: it leads nowhere but to the hypervisor.
const METADATA: &str = "http://169.254.169.254";

/// The version of the metadata API that these requests are written for.
const VERSION: &str = "2022-03-01";

/// Where there is no metadata service the address is a black hole, and a chain is waiting to go on.
const FIRST_ANSWER: Duration = Duration::from_secs(1);

/// A token answer is a few kilobytes.
const ANSWER_LIMIT: usize = 64 * 1024;

/// The identity of the virtual server (VPC instance) that the program runs on, exchanged for access tokens of the trusted
/// profile that is linked to it.
///
/// Two requests to the instance's metadata service ([IBM Cloud's
/// description](https://cloud.ibm.com/docs/vpc?topic=vpc-imd-configure-service)): one for an identity token that lives five
/// minutes, one for an access token. Nothing secret is sent before the service has answered. If it does not answer within one
/// second, or not like IBM's, this is no such server: [`Unavailable`](ErrorKind::Unavailable), and a chain goes on. Needs a
/// transport, which must not use a proxy for that address (`NO_PROXY=169.254.169.254`).
///
/// ```
/// use auth_core::sources::VpcInstance;
///
/// let source = VpcInstance::new().profile_id("Profile-9fd84246-7df4-4667-94e4-8ecde51d5ac5");
/// # let _: &dyn auth_core::TokenSource = &source;
/// ```
#[derive(Clone, Debug)]
pub struct VpcInstance {
    base: Uri,
    profile: Option<(&'static str, String)>,
}

impl Default for VpcInstance {
    fn default() -> Self {
        Self::new()
    }
}

impl VpcInstance {
    /// Asks the metadata service at its usual address, for a token of the profile that the instance has by default.
    pub fn new() -> Self {
        Self { base: Uri::from_static(METADATA), profile: None }
    }

    /// Asks a metadata service elsewhere: over https, on loopback, or at the usual address. Instances with secure access have
    /// `https://api.metadata.cloud.ibm.com`.
    ///
    /// # Errors
    /// [`Misconfigured`](ErrorKind::Misconfigured) with the reason, if the URL is none or plain http to any other host.
    pub fn at(url: &str) -> Result<Self, Error> {
        let base = url::parse(url.trim_end_matches('/'), For::Metadata)
            .map_err(|reason| Error::misconfigured(format!("the metadata service's url is not usable: {reason}")))?;
        Ok(Self { base, profile: None })
    }

    /// The linked trusted profile with this id. Replaces what was said before about the profile.
    #[must_use]
    pub fn profile_id(mut self, id: impl Into<String>) -> Self {
        self.profile = Some(("id", id.into()));
        self
    }

    /// The linked trusted profile with this Cloud Resource Name. Replaces what was said before about the profile.
    #[must_use]
    pub fn profile_crn(mut self, crn: impl Into<String>) -> Self {
        self.profile = Some(("crn", crn.into()));
        self
    }

    fn host(&self) -> &str {
        self.base.host().unwrap_or_default()
    }

    fn request(&self, method: Method, what: &str, body: Bytes) -> Result<Request<Bytes>, Error> {
        let base = self.base.to_string();
        Request::builder()
            .method(method)
            .uri(format!("{}/instance_identity/v1/{what}?version={VERSION}", base.trim_end_matches('/')))
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .header("metadata-flavor", "ibm")
            .body(body)
            .map_err(|_| Error::misconfigured("the request to the metadata service can't be built from its url"))
    }

    /// What the instance is to be known by at the second request.
    async fn identity(&self, cx: &FetchContext) -> Result<Secret, Error> {
        let body = serde_json::json!({ "expires_in": 300 }).to_string();
        let request = self.request(Method::PUT, "token", body.into())?;
        let answer = cx.timeout(FIRST_ANSWER, self.send(cx, request, "the request", &[])).await;
        let answer = answer.unwrap_or_else(|| Err(Error::transient("no answer within a second")));
        let answer = answer.map_err(|error| if says_no_ibm(&error) { self.absent(&error) } else { error })?;
        answer.token.secret().cloned().ok_or_else(|| Error::new(ErrorKind::Malformed, "the answer holds no token"))
    }

    async fn send(
        &self,
        cx: &FetchContext,
        request: Request<Bytes>,
        credential: &str,
        secrets: &[&str],
    ) -> Result<TokenAnswer, Error> {
        let sent = cx.transport()?.send(request, ANSWER_LIMIT).await;
        let mut response = sent.map_err(|error| error.with_host(self.host()))?;
        if !response.status().is_success()
            && let Some(body) = in_iams_words(response.body())
        {
            *response.body_mut() = body;
        }
        let now = cx.started().wall();
        let names = ("access_token", "token_type");
        let reply = Reply {
            response: &response,
            now,
            credential,
            client: credential,
            names,
            token_type: "Bearer",
            not_applicable: false,
            secrets,
        };
        reply.read().map_err(|error| error.with_host(self.host()))
    }

    fn absent(&self, error: &Error) -> Error {
        let why = match error.status() {
            Some(_) => "it answers, but not as IBM's does",
            None => "nothing answers there within a second",
        };
        let message = format!(
            "no VPC instance metadata service: {why}; run on an IBM Cloud virtual server whose metadata service is enabled"
        );
        let absent = Error::unavailable(message).with_host(self.host());
        error.status().map_or(absent.clone(), |status| absent.with_status(status))
    }
}

/// The service lists its errors, where IAM has one. The first says it.
fn in_iams_words(body: &Bytes) -> Option<Bytes> {
    let answer: serde_json::Value = serde_json::from_slice(body).ok()?;
    let error = answer.get("errors")?.get(0)?;
    let said = serde_json::json!({ "errorCode": error.get("code")?, "errorMessage": error.get("message") });
    Some(Bytes::from(said.to_string()))
}

/// Whether a failure of the first request means that there is nobody, or another cloud's metadata service: those refuse a
/// path or a header that they don't know, each with a 4xx of its own.
fn says_no_ibm(error: &Error) -> bool {
    match error.status() {
        Some(status) => matches!(status, 400..=499) && !matches!(status, 408 | 429),
        None => matches!(error.kind(), ErrorKind::Transient | ErrorKind::Timeout),
    }
}

#[async_trait]
impl TokenSource for VpcInstance {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let identity = self.identity(cx).await?;
        let body = match &self.profile {
            Some((by, profile)) => serde_json::json!({ "trusted_profile": { *by: profile } }).to_string(),
            None => String::new(),
        };
        let mut request = self.request(Method::POST, "iam_token", body.into())?;
        let mut value = HeaderValue::try_from(format!("Bearer {}", identity.expose()))
            .map_err(|_| Error::new(ErrorKind::Malformed, "the instance's identity token can't stand in a header"))?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
        let credential = "the instance's identity, or the trusted profile for it";
        Ok(self.send(cx, request, credential, &[identity.expose()]).await?.token.found())
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;

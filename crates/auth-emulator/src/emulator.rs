//! The emulator itself: where it listens, what it has seen, what it does next.

use std::{
    fmt, io,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use crate::{
    Builder, Claims, Fault, Flaw, Plan, RecordedRequest, Rejection, Wire, listener::Listener, recording::Kind,
    shared::Shared,
};

/// A token endpoint and the API it opens, on one port of 127.0.0.1, and another origin on a second, until it is dropped; beside the
/// two, the endpoints of [systems](crate::systems) with tokens of their own, from [`ibm`](Self::ibm) to [`remote`](Self::remote).
///
/// Dropping it closes both ports at once and ends every connection; a request in flight is never answered.
///
/// `Debug` prints addresses and counts, never an API key, a token or a client secret.
pub struct Emulator {
    shared: Arc<Shared>,
    // Held for their `Drop` alone.
    _main: Listener,
    _other: Listener,
}

impl Emulator {
    /// The API key that is accepted unless [`Builder::with_api_keys`] or [`Emulator::set_api_keys`] says otherwise.
    ///
    /// It holds `/`, `+` and `=` on purpose: a client that doesn't percent-encode its form is refused.
    pub const API_KEY: &str = "c4n4ry/Zq7Xw2+Lp9Rt4Vb8==";

    /// The `sub` of every token: a service id, as IBM Cloud IAM writes it.
    pub const SUBJECT: &str = "ServiceId-00000000-0000-4000-8000-000000000001";

    /// Starts with the defaults of [`Builder`], on two ports that the operating system chooses.
    ///
    /// # Errors
    ///
    /// As [`Builder::start`].
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Options, for what has to be known before the first request.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn new(shared: Arc<Shared>, main: Listener, other: Listener) -> Self {
        Self { shared, _main: main, _other: other }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The main origin, `http://127.0.0.1:{port}`, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The token endpoint: [`url`](Self::url) and `/identity/token`, IBM Cloud IAM's path.
    pub fn token_url(&self) -> String {
        self.shared.token_url()
    }

    /// The base of the protected API: [`url`](Self::url) and `/api`. It is also the `aud` of every token.
    ///
    /// Every path under it needs a token and answers what it saw; `/api/echo` gives the body back, `/api/forbidden`
    /// answers 403 `insufficient_scope` to a good token.
    pub fn api_url(&self) -> String {
        self.shared.api_url()
    }

    /// Another origin on another port, `http://127.0.0.1:{port}`: it answers 200 to everything and has nothing to offer.
    ///
    /// Whatever a client sends there is recorded, so that a test can say that no secret went astray.
    pub fn other_origin(&self) -> &str {
        &self.shared.other_origin
    }

    /// Faults for the token endpoints, which apply before a request is looked at.
    pub fn token_faults(&self) -> &Plan<Fault> {
        &self.shared.token_faults
    }

    /// Flaws in token answers, which apply to requests that earned a token.
    pub fn token_flaws(&self) -> &Plan<Flaw> {
        &self.shared.token_flaws
    }

    /// Faults for the protected API and those of the systems, which apply before the token is looked at.
    pub fn api_faults(&self) -> &Plan<Fault> {
        &self.shared.api_faults
    }

    /// What happens to connections to the main origin, before anything is read of them: a reset on arrival, a greeting in
    /// another protocol. A connection that was kept meets none: queue these before the client first comes.
    ///
    /// # Panics
    /// Queueing one does if it has [`usual_head`](Wire::usual_head) or [`usual_body`](Wire::usual_body): nothing has been asked.
    pub fn connection_faults(&self) -> &Plan<Wire> {
        &self.shared.connection_faults
    }

    /// How many connections the main origin has accepted since the start. Some meet a
    /// [fault](Self::connection_faults) before there is a request to be recorded.
    pub fn connection_count(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Empties all four plans. Requests that are being delayed or held stay so.
    pub fn clear_faults(&self) {
        self.shared.clear_faults();
    }

    /// Every request since the start or the last [`clear`](Self::clear), both origins, in the order of arrival.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.recording.select(Kind::Any)
    }

    /// The requests that reached the token endpoint, or one of a [system](crate::systems), whatever came of them.
    pub fn token_requests(&self) -> Vec<RecordedRequest> {
        self.shared.recording.select(Kind::Token)
    }

    /// The requests to the main origin under `/api/`, or to the API of a [system](crate::systems), whatever came of them.
    pub fn api_requests(&self) -> Vec<RecordedRequest> {
        self.shared.recording.select(Kind::Api)
    }

    /// The requests that reached [`other_origin`](Self::other_origin).
    pub fn other_requests(&self) -> Vec<RecordedRequest> {
        self.shared.recording.select(Kind::Other)
    }

    /// How many requests [`token_requests`](Self::token_requests) would list, without copying them.
    pub fn token_request_count(&self) -> usize {
        self.shared.recording.count(Kind::Token)
    }

    /// How many requests [`api_requests`](Self::api_requests) would list, without copying them.
    pub fn api_request_count(&self) -> usize {
        self.shared.recording.count(Kind::Api)
    }

    /// Forgets the requests so far. Indices go on from where they were; tokens and faults stay.
    pub fn clear(&self) {
        self.shared.recording.clear();
    }

    /// Waits until at least `n` requests have reached the token endpoint since the start or the last
    /// [`clear`](Self::clear), answered or not. It wakes on arrival: no polling.
    ///
    /// It waits forever if they don't come; put a timeout around it where that may happen.
    pub async fn wait_for_token_requests(&self, n: usize) {
        self.shared.recording.wait_for(Kind::Token, n).await;
    }

    /// The same as [`wait_for_token_requests`](Self::wait_for_token_requests), for the protected API.
    pub async fn wait_for_api_requests(&self, n: usize) {
        self.shared.recording.wait_for(Kind::Api, n).await;
    }

    /// Sets the lifetime of the tokens issued from now on. Whole seconds count, a rest is dropped, because `expires_in`
    /// is a whole number in practice (RFC 6749, section 5.1). Zero gives tokens that are born expired.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.shared.issuer.set_lifetime(lifetime);
    }

    /// Sets which API keys are accepted from now on: a rotation, or with none at all a lock-out.
    pub fn set_api_keys<K: Into<String>>(&self, keys: impl IntoIterator<Item = K>) {
        self.shared.set_api_keys(keys.into_iter().map(Into::into).collect());
    }

    /// Moves the emulator's clock forward: tokens expire without anybody waiting. The client's clock stays where it is,
    /// which is also how to emulate two clocks that disagree.
    pub fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
    }

    /// A fresh token without a token request, for programs that are handed their token.
    pub fn issue_token(&self) -> String {
        self.shared.issue_token()
    }

    /// Every token issued so far, oldest first. These are secrets as far as the program under test is concerned: look
    /// for them in its logs.
    pub fn issued_tokens(&self) -> Vec<String> {
        self.shared.issuer.issued()
    }

    /// Verifies a token exactly as the protected API does.
    ///
    /// # Errors
    ///
    /// The first [`Rejection`] in the order of checks: form, header, signature, claims, revocation.
    pub fn verify(&self, token: &str) -> Result<Claims, Rejection> {
        self.shared.verify(token)
    }

    /// Revokes every token issued so far, those of all systems and Cape's personal access tokens included; the next one
    /// issued is good again. Refresh tokens and Skyflow's API keys stay: they are how a program gets its next token.
    pub fn revoke_all(&self) {
        self.shared.revoke_all();
    }

    /// Revokes one token and says whether this emulator had issued it. A personal access token of Cape is deleted.
    pub fn revoke(&self, token: &str) -> bool {
        self.shared.revoke(token)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.shared.ended.send_replace(true);
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("url", &self.shared.url)
            .field("other_origin", &self.shared.other_origin)
            .field("token_requests", &self.token_request_count())
            .field("api_requests", &self.api_request_count())
            .finish_non_exhaustive()
    }
}

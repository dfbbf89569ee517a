//! Where Podstack's endpoints are, and what they take.

use std::fmt;

use http::StatusCode;

use super::error::Problem;
use crate::{Answer, realm::Realm, shared::Shared};

/// Podstack: whoami, projects, and the registry's list. Its tokens say nothing: `psk_` and 40 characters.
#[derive(Clone, Copy)]
pub struct Podstack<'a>(&'a Shared);

impl<'a> Podstack<'a> {
    /// Whose every token is.
    pub const EMAIL: &'static str = "someone@emulator.example";
    /// A project that may be used.
    pub const PROJECT: &'static str = "proj-1";
    /// A project that there is, and that nobody may use: 403.
    pub const FORBIDDEN_PROJECT: &'static str = "proj-forbidden";

    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self(shared)
    }

    /// The endpoint, in place of `https://api.podstack.ai/v1`: a base with a path.
    pub fn endpoint(&self) -> String {
        format!("{}/podstack/v1", self.0.url)
    }

    /// The base of the registry, to which `/api/v1/experiments` is added.
    pub fn registry_url(&self) -> String {
        format!("{}/podstack", self.0.url)
    }

    /// A fresh API token. It ends with the emulator's lifetime, and can be revoked, as any other.
    pub fn token(&self) -> String {
        self.0.issuer.issue_opaque(Realm::Podstack, "psk_", None, self.0.now()).token
    }

    /// Podstack's answer to whoever asks too often, for [`Emulator::api_faults`](crate::Emulator::api_faults).
    pub fn rate_limit(&self, retry_after: u16) -> Answer {
        let body = Problem::body("rate_limit_exceeded", "Rate limit exceeded", None).to_string();
        Answer::new(StatusCode::TOO_MANY_REQUESTS).with_body("application/json", body).with_retry_after(retry_after)
    }
}

impl fmt::Debug for Podstack<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Podstack").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}

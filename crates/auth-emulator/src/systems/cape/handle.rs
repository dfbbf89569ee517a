//! Where Cape's endpoints are, and what they take.

use std::{fmt, io};

use serde_json::json;

use super::{access, tokens::Wanted};
use crate::{Rejection, issuer::Order, realm::Realm, shared::Shared};

/// Cape: personal access tokens, and the handshake of `run`.
///
/// Personal access tokens live until they are deleted, or until the date they were made with; the emulator's lifetime
/// doesn't count for them. [`Builder::with_cape_state`](crate::Builder::with_cape_state) has them outlive the emulator.
#[derive(Clone, Copy)]
pub struct Cape<'a>(&'a Shared);

impl<'a> Cape<'a> {
    /// The `aud` of every token.
    pub const AUDIENCE: &'static str = "cape-api";
    /// The `iss` of every personal access token.
    pub const ISSUER: &'static str = "https://capeprivacy.com";
    /// The `sub` of every token: the one user.
    pub const SUBJECT: &'static str = "github|1";
    /// A function that there is. Any other id is a function as well; this one is for examples.
    pub const FUNCTION_ID: &'static str = "Nm672nXZQnBe9vL4zedGJb";

    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self(shared)
    }

    /// The host, in place of `https://app.capeprivacy.com`: a base with a path.
    pub fn url(&self) -> String {
        format!("{}/cape", self.0.url)
    }

    /// The URL of `run` for a function, with the scheme `ws`.
    pub fn run_url(&self, function_id: &str) -> String {
        format!("{}/v1/run/{function_id}", self.url().replacen("http", "ws", 1))
    }

    /// A login token, as the browser brings it: it may do everything, and lives as long as the emulator's tokens do.
    pub fn login_token(&self) -> String {
        self.0.issuer.issue(Order::new(Realm::CapeLogin, Self::SUBJECT), self.0.now()).token
    }

    /// What the command line keeps in `~/.config/cape/auth` after a login.
    pub fn auth_json(&self) -> String {
        let (access_token, token_type) = (self.login_token(), "Bearer");
        json!({"access_token": access_token, "token_type": token_type, "refresh_token": "", "expiry": null}).to_string()
    }

    /// A personal access token of this name, without a request.
    ///
    /// # Errors
    ///
    /// When the file of [`Builder::with_cape_state`](crate::Builder::with_cape_state) can't be written; never without one.
    pub fn create_token(&self, name: &str) -> io::Result<String> {
        let wanted = Wanted { name: name.to_owned(), ..Wanted::default() };
        self.0.systems.cape.create(wanted, self.0.now())
    }

    /// Verifies a token exactly as the API does, without counting as a use of it.
    ///
    /// # Errors
    ///
    /// The first [`Rejection`] in the order of checks: form, header, signature, claims, deletion.
    pub fn verify(&self, token: &str) -> Result<(), Rejection> {
        access::verify(self.0, token).map(drop)
    }
}

impl fmt::Debug for Cape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cape").field("url", &self.url()).finish()
    }
}

//! Where the backend is, and what it takes.

use std::fmt;

use crate::{shared::Shared, systems::paths};

/// A backend that vends access tokens to whoever has a session: `{"access_token","token_type","expires_in"}`, to `GET`
/// and `POST`. Its tokens open [`api_url`](crate::Emulator::api_url).
#[derive(Clone, Copy)]
pub struct Remote<'a>(&'a Shared);

impl<'a> Remote<'a> {
    /// The header that carries the session.
    pub const SESSION_HEADER: &'static str = "x-session";
    /// The session that is accepted, until [`set_sessions`](Self::set_sessions).
    pub const SESSION: &'static str = "c4n4ry-Hv6Dj2Pz9Mc4Tf";

    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self(shared)
    }

    /// The endpoint.
    pub fn token_url(&self) -> String {
        format!("{}{}", self.0.url, paths::REMOTE_TOKEN)
    }

    /// Sets which sessions are accepted from now on.
    pub fn set_sessions<S: Into<String>>(&self, sessions: impl IntoIterator<Item = S>) {
        self.0.systems.remote.set(sessions.into_iter().map(Into::into).collect());
    }
}

impl fmt::Debug for Remote<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("token_url", &self.token_url()).finish()
    }
}

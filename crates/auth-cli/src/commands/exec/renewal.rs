//! The token that follows.

use std::time::Duration;

use auth_core::{Authenticator, Credential, Error, Stage};

use crate::terminal;

/// Looked at this often, although nothing is due: timers stand still while a machine sleeps, and a file may be rotated early.
const LOOK: Duration = Duration::from_secs(15);
/// The pause after a failure. The engine has longer ones of its own, within which it does not ask the issuer.
const PAUSE: Duration = Duration::from_secs(1);

/// Waits for the token that follows the one in use.
#[derive(Debug)]
pub(super) struct Renewal<'a> {
    auth: &'a Authenticator,
    current: Credential,
    has_failed: bool,
}

impl<'a> Renewal<'a> {
    pub(super) fn new(auth: &'a Authenticator, current: Credential) -> Self {
        Self { auth, current, has_failed: false }
    }

    /// The token in use.
    pub(super) fn current(&self) -> &Credential {
        &self.current
    }

    /// The next one, as soon as the engine finds that a refresh is due and has brought it. That it fails is said once, and tried
    /// again for ever. Dropping the future and calling again changes nothing.
    pub(super) async fn next(&mut self) -> &Credential {
        loop {
            tokio::time::sleep(self.auth.status().refresh_in().unwrap_or(LOOK).min(LOOK)).await;
            let status = self.auth.status();
            // When it is due, more life than is left: that is worth waiting for.
            let wanted = match (status.stage(), status.remaining()) {
                (Stage::Fresh, _) | (_, None) => Duration::ZERO,
                (_, Some(left)) => left.saturating_add(PAUSE),
            };
            let failed = match self.auth.token(wanted).await {
                Ok(credential) if self.is_new(&credential) => {
                    self.has_failed = false;
                    self.current = credential;
                    return &self.current;
                }
                // The old one serves on.
                Ok(_) => self.auth.status().last_error().cloned(),
                Err(error) => Some(error),
            };
            if let Some(error) = failed {
                self.warn(&error);
            }
            // It is still due, so there is nothing else to wait for.
            if self.auth.status().refresh_in().is_none_or(|due| due.is_zero()) {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    fn is_new(&self, credential: &Credential) -> bool {
        let [old, new] = [&self.current, credential].map(|one| one.secret().map(auth_core::Secret::expose));
        old != new
    }

    fn warn(&mut self, error: &Error) {
        if !std::mem::replace(&mut self.has_failed, true) {
            terminal::warn(format_args!("the token is not renewed, and the program keeps the old one: {error}"));
        }
    }
}

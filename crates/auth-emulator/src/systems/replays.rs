//! Assertions that were used (RFC 7523, section 3, point 7).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{Rejection, verifier::Verified};

/// The `jti` of every assertion that was accepted, by its issuer, until it would have expired anyway.
#[derive(Default)]
pub(crate) struct Replays(Mutex<HashMap<(String, String), Duration>>);

impl Replays {
    /// Takes an assertion once. One without a `jti` can't be told from another; where that matters it was refused before.
    pub(crate) fn admit(&self, assertion: &Verified, now: Duration) -> Result<(), Rejection> {
        let Some(jti) = assertion.jti.clone() else { return Ok(()) };
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, until| *until > now);
        let issuer = assertion.members.get("iss").and_then(|iss| iss.as_str()).unwrap_or_default().to_owned();
        let until = assertion.expires_at.unwrap_or(Duration::MAX);
        match seen.insert((issuer, jti), until) {
            None => Ok(()),
            Some(_) => Err(Rejection::Replay),
        }
    }
}

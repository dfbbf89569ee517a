//! Who may use Cape: whoever has a login token or a personal access token.

use http::{HeaderMap, StatusCode};

use super::{error::Problem, tokens::Entry};
use crate::{Rejection, realm::Realm, sent, shared::Shared};

/// Who may manage tokens: everybody but the holder of a token that is for one function.
pub(crate) fn manager(shared: &Shared, headers: &HeaderMap) -> Result<(), Problem> {
    let token = sent::bearer(headers).ok_or_else(|| Problem::unauthorized(None))?;
    match used(shared, token).map_err(|rejection| Problem::unauthorized(Some(rejection)))? {
        Some(entry) if !entry.function_id.is_empty() => {
            Err(Problem::new(StatusCode::FORBIDDEN, "this token is for one function only"))
        }
        _ => Ok(()),
    }
}

/// Verifies a token, and notes that it was used.
pub(crate) fn used(shared: &Shared, token: &str) -> Result<Option<Entry>, Rejection> {
    let entry = verify(shared, token)?;
    if let Some(entry) = &entry {
        shared.systems.cape.used(&entry.id, shared.now());
    }
    Ok(entry)
}

/// The entry of a personal access token; `None` for a login token.
pub(crate) fn verify(shared: &Shared, token: &str) -> Result<Option<Entry>, Rejection> {
    match shared.verify_for(&[Realm::CapeLogin], token) {
        Ok(_) => Ok(None),
        // A personal access token names no key.
        Err(Rejection::Key) => shared.systems.cape.verify(token, shared.now()).map(Some),
        Err(rejection) => Err(rejection),
    }
}

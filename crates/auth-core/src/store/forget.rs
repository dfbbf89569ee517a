//! Removing a token that its API has refused.

use std::io;

use super::folder;
use super::kept_token::KeptToken;
use super::{TokenStore, folder::Place};
use crate::adapter::io_reason;
use crate::settings::shown;
use crate::{Access, Error, Secret};

/// Removes what is kept for the access, if it is this token: another one may have been fetched since. Should that happen between
/// the look and the removal, one fetch more is made, by whoever is next.
pub(super) fn token(store: &TokenStore, access: &Access, token: &Secret) -> Result<bool, Error> {
    let Some(digest) = access.identity().and_then(|identity| identity.digest()) else { return Ok(false) };
    let Place { token: path, .. } = store.folder.place(digest)?;
    let kept = folder::read(&path)?.and_then(|text| KeptToken::of_json(&text));
    if !kept.is_some_and(|kept| kept.token().secret().is_some_and(|kept| kept.same_as(token))) {
        return Ok(false);
    }
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::misconfigured(format!("{} can't be removed: {}", shown(&path), io_reason(error.kind()))))
        }
        _ => Ok(true),
    }
}

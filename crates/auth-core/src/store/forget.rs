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

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::store::write_private;
    use crate::{Endpoint, Identity, Token, sources::StaticToken};

    #[test]
    fn the_token_that_was_refused_goes_and_a_newer_one_stays() -> Result<(), Error> {
        let folder = tempfile::tempdir().unwrap();
        let store = TokenStore::in_folder(folder.path().join("tokens"));
        let access = || Ok::<_, Error>(Access::new("acme", StaticToken::new("t")?, Endpoint::parse("https://a")?));
        let exchanged = access()?.with_identity(Identity::new("me"));
        let refused = Secret::new("refused");
        assert!(!store.forget(&exchanged, &refused)?, "there is none");

        let Place { token: path, .. } = store.folder.place(exchanged.identity().unwrap().digest().unwrap())?;
        let now = SystemTime::now();
        let keep = |token: &str| {
            let kept = KeptToken::new(Token::bearer(token.to_owned()), now, now + Duration::from_secs(3600));
            write_private(&path, &kept.to_json().unwrap())
        };
        keep("newer")?;
        assert!(!store.forget(&exchanged, &refused)? && path.exists());
        keep("refused")?;
        assert!(!store.forget(&access()?, &refused)? && path.exists(), "of what is not exchanged nothing is kept");
        assert!(store.forget(&exchanged, &refused)? && !path.exists());
        assert!(!store.forget(&exchanged, &refused)?, "it is gone");
        Ok(())
    }
}

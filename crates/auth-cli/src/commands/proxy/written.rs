//! Which headers the credential writes: a caller's own of these names would take its place.

use std::sync::{Arc, PoisonError, RwLock};

use auth_core::adapter::Attach;
use auth_core::{Authenticator, Error};
use http::{HeaderMap, HeaderName, Uri};

/// The names, as far as they are known. The lock is never held across an await.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Arc<RwLock<Option<Vec<HeaderName>>>>);

impl Written {
    /// There is another token: one of another link of a chain may go elsewhere.
    pub(super) fn forget(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Takes them off a request that goes to `uri`, having waited for the first token if need be.
    pub(super) async fn remove_from(
        &self,
        headers: &mut HeaderMap,
        auth: &Authenticator,
        uri: &Uri,
    ) -> Result<(), Error> {
        let remove = |names: &[HeaderName], headers: &mut HeaderMap| {
            for name in names {
                headers.remove(name);
            }
        };
        if let Some(names) = &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            remove(names, headers);
            return Ok(());
        }
        let names = names(auth, uri).await?;
        remove(&names, headers);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(names);
        Ok(())
    }
}

/// What stands on a request that had nothing.
async fn names(auth: &Authenticator, uri: &Uri) -> Result<Vec<HeaderName>, Error> {
    let mut probe = HeaderMap::new();
    if let Attach::Wait(acquire) = auth.attach(uri, &mut probe)? {
        let credential = acquire.await?;
        auth.attach_credential(&credential, uri, &mut probe)?;
    }
    Ok(probe.keys().cloned().collect())
}

//! Which headers the credential writes: a caller's own of these names would take its place.

use std::sync::{Arc, PoisonError, RwLock};

use auth_core::adapter::Attach;
use auth_core::{Authenticator, Error};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, Uri};

/// The names, as far as they are known. The lock is never held across an await.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Arc<RwLock<Option<Vec<HeaderName>>>>);

impl Written {
    /// There is another token: one of another link of a chain may go elsewhere.
    pub(super) fn forget(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Takes them off the trailers of a request, which some servers join to its headers. All, if the names are not known now.
    pub(super) fn remove_from_trailers(&self, trailers: &mut HeaderMap) {
        trailers.remove(AUTHORIZATION);
        match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            Some(names) => remove(names, trailers),
            None => trailers.clear(),
        }
    }

    /// Takes them off a request that goes to `uri`, having waited for the first token if need be.
    pub(super) async fn remove_from(
        &self,
        headers: &mut HeaderMap,
        auth: &Authenticator,
        uri: &Uri,
    ) -> Result<(), Error> {
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

/// With those that a server takes for the same which hands them to programs as variables: `x_api_key` is `x-api-key` then.
fn remove(names: &[HeaderName], headers: &mut HeaderMap) {
    let plain = |byte: &u8| if *byte == b'_' { b'-' } else { *byte };
    let is_same = |one: &HeaderName, other: &HeaderName| {
        one.as_str().bytes().map(|byte| plain(&byte)).eq(other.as_str().bytes().map(|byte| plain(&byte)))
    };
    let unwanted: Vec<_> = headers.keys().filter(|name| names.iter().any(|own| is_same(own, name))).cloned().collect();
    for name in unwanted {
        headers.remove(name);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailers_have_neither_the_credentials_names_nor_what_is_read_as_them() {
        let trailers = || -> HeaderMap {
            ["x-api-key", "x_api_key", "x-api_key", "authorization", "x-sum"]
                .map(|name| (HeaderName::from_static(name), http::HeaderValue::from_static("callers-own")))
                .into_iter()
                .collect()
        };
        let written = Written(Arc::new(RwLock::new(Some(vec![HeaderName::from_static("x-api-key")]))));
        let mut left = trailers();
        written.remove_from_trailers(&mut left);
        assert_eq!(left.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["x-sum"]);
        let mut left = trailers();
        Written::default().remove_from_trailers(&mut left);
        assert!(left.is_empty(), "nobody knows the names");
    }
}

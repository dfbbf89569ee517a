//! What a token is exchanged for: enough to tell one that is kept for it from one that is kept for something else.

use std::fmt;
use std::path::{Path, PathBuf};

/// Everything that leads to a token: addresses, scopes, ids, credentials. Two that differ in one of them are two identities, so a
/// token that is kept for one is never used for the other.
///
/// Of the values only a digest is kept. It is for comparing within one process; what is written down is made of it with a
/// key of the folder's own.
///
/// ```
/// use auth_core::Identity;
///
/// let identity = Identity::new("acme").with("client_id", "my-app").with("client_secret", "the secret");
/// assert_eq!(format!("{identity:?}"), "Identity(..)");
/// ```
#[derive(Clone)]
pub struct Identity {
    seen: hmac_sha256::Hash,
    files: Vec<PathBuf>,
}

impl Identity {
    /// Of a system or program that goes by this name.
    pub fn new(id: impl AsRef<str>) -> Self {
        Self::default().with("id", id)
    }

    /// And this value, secret or not. Names that repeat, and the order, count.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.add(name, value.as_ref());
        self
    }

    /// And what stands in this file, whenever a token is looked for: for a credential that is read anew for each token.
    #[must_use]
    pub fn with_file(mut self, path: impl AsRef<Path>) -> Self {
        self.files.push(path.as_ref().to_owned());
        self
    }

    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.add_bytes(name.as_bytes());
        self.add_bytes(value.as_bytes());
    }

    /// The length first: no two lists of values are one text.
    fn add_bytes(&mut self, bytes: &[u8]) {
        self.seen.update((bytes.len() as u64).to_be_bytes());
        self.seen.update(bytes);
    }

    /// And all of another one.
    #[must_use]
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.seen.update([1]);
        self.seen.update(other.seen.finalize());
        self.files.extend(other.files.iter().cloned());
        self
    }

    /// One number for all of it, with what stands in the files now. `None` if one can't be read: the source says why.
    #[cfg(feature = "store")]
    pub(crate) fn digest(&self) -> Option<[u8; 32]> {
        use std::io::Read;

        /// More than any file of credentials has.
        const LONGEST: u64 = 4 * 1024 * 1024;

        let mut all = self.clone();
        for path in &self.files {
            let mut content = zeroize::Zeroizing::new(Vec::new());
            std::fs::File::open(path).ok()?.take(LONGEST).read_to_end(&mut content).ok()?;
            all.add_bytes(path.as_os_str().as_encoded_bytes());
            all.add_bytes(&content);
        }
        Some(all.seen.finalize())
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self { seen: hmac_sha256::Hash::new(), files: Vec::new() }
    }
}

impl fmt::Debug for Identity {
    /// Whoever sees the digest can check guesses of a weak secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}

#[cfg(test)]
#[cfg(feature = "store")]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_cut_elsewhere_are_another_identity() {
        let digests = [
            Identity::new("a").with("b", "c"),
            Identity::new("ab").with("", "c"),
            Identity::new("a").with("bc", ""),
            Identity::new("a").with("b", "c").with("", ""),
            Identity::new("a").and(&Identity::default().with("b", "c")),
            Identity::new("a"),
        ]
        .map(|identity| identity.digest());
        for (at, one) in digests.iter().enumerate() {
            assert!(digests[at + 1..].iter().all(|other| one != other), "{at}");
        }
    }

    #[test]
    fn a_file_counts_by_what_stands_in_it_now() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let identity = Identity::new("a").with_file(&path);
        assert_eq!(identity.digest(), None, "it is not there");
        std::fs::write(&path, "one").unwrap();
        let one = identity.digest();
        std::fs::write(&path, "two").unwrap();
        assert!(one.is_some() && one != identity.digest());
    }
}

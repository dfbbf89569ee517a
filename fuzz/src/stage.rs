//! What several targets stand on.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth_core::Credential;
use tempfile::TempDir;

/// 2026-11-22T00:00:00Z, when fake clocks begin and the corpus was written.
pub fn november() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_795_305_600)
}

/// A file of this process with these bytes.
pub fn file(bytes: &[u8]) -> PathBuf {
    let path = folder(|folder| folder.join("input"));
    std::fs::write(&path, bytes).expect("the temporary folder can be written");
    path
}

/// A folder of this process, in the temporary folder: a fuzzer ends without running destructors, so whoever started it cleans up.
pub fn folder<T>(look: impl FnOnce(&Path) -> T) -> T {
    thread_local! {
        static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
    }
    FOLDER.with(|folder| look(folder.get_or_init(|| tempfile::tempdir().expect("there is a temporary folder")).path()))
}

/// What is handed out goes into a header: visible ASCII, marked, and as long as it is.
pub fn check_credential(credential: &Credential) {
    let secret = credential.secret().expect("a token").expose();
    assert!(is_token(secret), "{secret:?}");
    let headers: Vec<_> = credential.headers().collect();
    let [(name, value)] = headers[..] else { panic!("{} headers", headers.len()) };
    assert_eq!(name, http::header::AUTHORIZATION);
    assert!(value.is_sensitive());
    assert_eq!(value.to_str().expect("visible ASCII"), format!("Bearer {secret}"));
}

/// 0x21 to 0x7E, and not more than 64 KiB of it.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 * 1024 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

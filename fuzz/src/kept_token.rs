//! A kept token's file, torn or tampered with: whatever stands there, somebody gets a token, and none that is over.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::store::{TokenStore, write_private};
use auth_core::{Authenticator, Credential, Identity, Token, source_fn};
use serde_json::Value;

use crate::canary::{check_debug, check_error, filled};
use crate::stage::{folder, november};

const FETCHED: &str = "fetched";

/// The first byte chooses: the rest is the file, or the changes to a good one, a byte for each place.
pub fn check(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let (path, good) = kept();
    let content = match first % 4 {
        0 => filled(rest),
        1 => {
            let mut changed = good;
            for change in rest.chunks_exact(3) {
                let at = usize::from(u16::from_be_bytes([change[0], change[1]])) % changed.len();
                changed[at] = change[2];
            }
            changed
        }
        2 => good[..rest.first().map_or(0, |cut| usize::from(*cut) % good.len())].to_vec(),
        _ => [&filled(rest), &good[..]].concat(),
    };
    write(&path, &content);
    let (auth, result) = asked();
    let credential = result;
    check_debug(&credential);
    let token = credential.secret().expect("a token").expose().to_owned();
    let headers: Vec<_> = credential.headers().collect();
    assert!(!headers.is_empty() && headers.iter().all(|(_, value)| value.is_sensitive()));
    if token == FETCHED {
        return;
    }
    // It was the file's, so it is whole, of our version, and alive.
    let file: Value = serde_json::from_slice(&content).expect("a file that is read");
    assert_eq!((file["version"].as_u64(), file["token"].as_str()), (Some(1), Some(token.as_str())));
    let now = november().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let end = file["end"].as_u64().map(Duration::from_nanos).expect("an end");
    assert!(end > now, "it is over");
    let written = file["written"].as_u64().map(Duration::from_nanos).expect("when it was written");
    assert!(written <= now + Duration::from_secs(5), "it was written in the future");
    assert!(auth.status().remaining().is_some_and(|left| left <= end - now));
}

/// What an authenticator over the store gets, which is in the folder of this process.
fn asked() -> (Authenticator, Credential) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&said);
    let store = TokenStore::in_folder(folder(|folder| folder.join("tokens")))
        .on_trouble(move |error| hears.lock().expect("nobody panics").push(error.clone()));
    let source = source_fn(|_| async { Ok(Token::bearer(FETCHED).expires_in(Duration::from_secs(3600))) });
    let clock = FakeRuntime::new();
    let source = store.wrap_source(source, Identity::new("acme"));
    let auth = Authenticator::builder(source).anywhere().runtime(clock.clone()).build().expect("an authenticator");
    let result = clock.block_on_within(Duration::from_secs(60), auth.token(Duration::ZERO));
    said.lock().expect("nobody panics").iter().for_each(check_error);
    (auth, result.expect("a token, whatever stands there"))
}

/// The file, and what stands in it when nothing has gone wrong.
fn kept() -> (PathBuf, Vec<u8>) {
    thread_local! {
        static KEPT: OnceCell<(PathBuf, Vec<u8>)> = const { OnceCell::new() };
    }
    KEPT.with(|kept| {
        let first = || {
            asked();
            let all = std::fs::read_dir(folder(|folder| folder.join("tokens"))).expect("the store's folder");
            let mut files = all.map(|entry| entry.expect("a file").path());
            let path = files.find(|path| path.extension().is_some_and(|end| end == "json")).expect("a kept token");
            let content = std::fs::read(&path).expect("a kept token");
            // Another token than a fetch brings, so that it can be told whose it is.
            let content = String::from_utf8(content).expect("JSON").replace(FETCHED, "kept-before");
            (path, content.into_bytes())
        };
        kept.get_or_init(first).clone()
    })
}

/// As the store itself does, but for being sure that it is on the disk.
fn write(path: &std::path::Path, content: &[u8]) {
    if std::fs::write(path, content).is_err() {
        write_private(path, content).expect("the folder can be written");
    }
}

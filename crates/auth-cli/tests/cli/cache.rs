//! Tokens are kept between commands.

use std::path::PathBuf;

use auth_emulator::Emulator;

use crate::rig::{User, exchanging};

/// Where tokens are kept.
fn folder(user: &User) -> PathBuf {
    user.home().join(".cache/authctl/tokens")
}

/// The files with tokens.
fn kept(user: &User) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder(user)) else { return Vec::new() };
    let files = entries.map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
}

#[tokio::test]
async fn the_next_command_has_the_same_token_without_an_exchange() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let first = user.run("token").await.data();
    assert_eq!(user.run("token").await.data(), first);
    assert_eq!(emulator.token_request_count(), 1);
    assert_eq!(kept(&user).len(), 1);
}

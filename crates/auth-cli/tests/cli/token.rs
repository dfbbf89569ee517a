//! `authctl token`.

use auth_emulator::Emulator;

use crate::rig::{User, exchanging};

#[tokio::test]
async fn raw_is_a_token_and_a_newline() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    let token = user.run("token").await.data();
    assert!(token.ends_with('\n') && !token.trim_end().contains(char::is_whitespace));
    emulator.verify(token.trim_end()).unwrap();
}

#[tokio::test]
async fn nothing_configured_is_3_and_says_where_to_look() {
    User::new().run("token").await.failed(3, &["no credentials are configured", "authctl sources"]);
}

//! Errors in words for people, where a parser or the system has others.

use crate::rig::User;

#[tokio::test]
async fn what_is_wrong_with_an_argument_is_said_in_words_for_people() {
    let user = User::new().with("PODSTACK_API_KEY", "t");
    let address = "an address and a port, such as 127.0.0.1:8080";
    for (line, words) in [
        ("token --timeout abc", "a time such as 30s or 2m"),
        ("pat create --name n --expiry abc", "a time such as 30s or 2m"),
        ("emulator --listen abc", address),
        ("broker --listen abc", address),
        ("proxy --upstream https://a.example --listen abc", address),
        ("proxy --upstream https://a.example --admin abc", address),
    ] {
        user.run(line).await.failed(2, &[words]);
    }
}

#[tokio::test]
async fn the_systems_reasons_are_told_in_words_for_people() {
    let user = User::new();
    user.run("pat list --token-file none").await.failed(2, &["none can't be read: no such file or folder"]);
    #[cfg(unix)]
    {
        user.write("a-file", "t");
        user.run("token --config a-file/config.toml").await.failed(3, &["what should be a folder is none"]);
        let long = "n".repeat(300);
        user.run(&format!("token --config {long}")).await.failed(3, &["the name is too long"]);
    }
}

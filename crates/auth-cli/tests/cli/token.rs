//! `authctl token`.

use std::time::Duration;

use auth_emulator::{Emulator, Flaw};

use crate::rig::{User, exchanging};

#[tokio::test]
async fn raw_is_a_token_and_a_newline() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    for line in ["token", "token -o raw"] {
        let token = user.run(line).await.data();
        assert!(token.ends_with('\n') && !token.trim_end().contains(char::is_whitespace));
        emulator.verify(token.trim_end()).unwrap();
    }
}

#[tokio::test]
async fn header_is_the_lines_of_a_request() {
    let emulator = Emulator::start().await.unwrap();
    let config = exchanging(&emulator);
    for (more, start) in [
        ("", "Authorization: Bearer "),
        ("scheme = \"Token\"\n", "Authorization: Token "),
        ("header = \"X-Acme-Key\"\n", "x-acme-key: "),
    ] {
        let user = User::new().with_config(&format!("{config}{more}"));
        for _kept in [false, true] {
            let token = user.run("token").await.data();
            assert_eq!(user.run("token -o header").await.data(), format!("{start}{token}"));
        }
    }
}

#[tokio::test]
async fn json_says_what_it_is_and_when_it_ends() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    for _kept in [false, true] {
        let text = user.run("token -o json").await.data();
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let names: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["access_token", "expires_at", "expires_in", "source", "token_type"]);
        emulator.verify(document["access_token"].as_str().unwrap()).unwrap();
        assert_eq!(document["token_type"], "Bearer");
        let left = document["expires_in"].as_u64().unwrap();
        assert!((3500..=3600).contains(&left), "{left}");
        let source = document["source"].as_str().unwrap();
        assert!(source.starts_with("default, api_key in ") && source.ends_with("config.toml:5"), "{source}");
        let expiry = user.run("token -o expiry").await.data();
        assert_eq!(expiry, format!("{}\n", document["expires_at"].as_str().unwrap()));
        let end: jiff::Timestamp = expiry.trim_end().parse().unwrap();
        assert_eq!((expiry.len(), expiry.ends_with("Z\n")), ("2026-11-22T00:00:00Z\n".len(), true), "{expiry}");
        let left = end.duration_since(jiff::Timestamp::now()).as_secs();
        assert!((3500..=3600).contains(&left), "{left}");
    }
}

#[tokio::test]
async fn a_token_without_a_known_end_has_null_and_no_expiry() {
    let user = User::new().with_config(
        "[profile.default]\ntype = \"token\"\nendpoint = \"https://api.example.com\"\ntoken = \"opaque\"\n",
    );
    let document: serde_json::Value = serde_json::from_str(&user.run("token -o json").await.data()).unwrap();
    assert!(document["expires_at"].is_null() && document["expires_in"].is_null(), "{document}");
    user.run("token -o expiry").await.failed(1, &["nobody says when this token ends"]);
}

#[tokio::test]
async fn more_life_than_one_fetch_can_bring_is_a_warning() {
    let emulator = Emulator::builder().with_token_lifetime(Duration::from_secs(600)).start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    user.run("token --min-ttl 9m").await.data();
    assert_eq!(emulator.token_request_count(), 1);
    let ended = user.run("token --min-ttl 11m").await;
    emulator.verify(ended.stdout.trim_end()).unwrap();
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.starts_with("warning: the token is valid for 9m"), "{}", ended.stderr);
    assert_eq!(emulator.token_request_count(), 2, "one fetch was tried");
}

/// Whoever asks for a token to hand on, by whichever command.
#[tokio::test]
async fn a_token_with_less_life_than_was_asked_for_comes_with_a_warning_from_every_command() {
    let emulator = Emulator::builder().with_token_lifetime(Duration::from_secs(600)).start().await.unwrap();
    let user = User::new().with_config(&exchanging(&emulator));
    for line in ["token", "export", "credential-helper process", "credential-helper k8s", "exec"] {
        for (life, warning) in [("1m", ""), ("1h", "warning: the token is valid for 9m")] {
            let program = if line == "exec" { "-- true" } else { "" };
            let ended = user.run(&format!("{line} --min-ttl {life} {program}")).await;
            assert_eq!(ended.code, Some(0), "{line}: {ended:?}");
            let (warned, lines) = (ended.stderr.starts_with(warning), ended.stderr.lines().count());
            assert!(warned && lines == usize::from(life == "1h"), "{line} {life}: {}", ended.stderr);
        }
    }
}

#[tokio::test]
async fn where_no_credential_is_needed_there_is_no_token() {
    let user = User::new().with_config("[profile.default]\ntype = \"none\"\nendpoint = \"https://api.example.com\"\n");
    for form in ["raw", "header", "json"] {
        user.run(&format!("token -o {form}")).await.failed(3, &["no credential is needed here"]);
    }
}

/// Told all it can tell, also of what went wrong.
#[tokio::test]
async fn no_verbosity_shows_a_token_or_the_key() {
    let emulator = Emulator::start().await.unwrap();
    emulator.token_flaws().once(Flaw::Without("access_token"));
    let user = User::new().with_config(&exchanging(&emulator));
    for line in ["-vv token", "-vv token", "-vv token --force", "-vv token -o expiry", "-vv cache clear"] {
        let ended = user.run(line).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let mut secrets = emulator.issued_tokens();
        secrets.push(Emulator::API_KEY.to_owned());
        for secret in &secrets {
            let pieces = secret.as_bytes().windows(12);
            let shown = pieces.map(String::from_utf8_lossy).find(|piece| ended.stderr.contains(&**piece));
            assert_eq!(shown, None, "{}", ended.stderr);
        }
        assert!(line.ends_with("clear") || ended.stderr.contains("auth_core"), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn nothing_configured_is_3_and_says_where_to_look() {
    User::new().run("token").await.failed(3, &["no credentials are configured", "authctl sources"]);
}

//! `authctl whoami`.

use auth_emulator::{Answer, Emulator, StatusCode, systems::Podstack};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::rig::{User, profiles};

async fn start() -> (Emulator, User) {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&profiles(&emulator));
    (emulator, user)
}

#[tokio::test]
async fn a_system_that_knows_is_asked_and_its_words_are_shown() {
    let (emulator, user) = start().await;
    let text = user.run("whoami --profile podstack").await.data();
    for words in
        ["source: podstack\n", "said by: the system (/auth/whoami)\n", Podstack::EMAIL, "provenance: api_token in "]
    {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    let sent = emulator.api_requests();
    assert_eq!(sent.len(), 1, "one request, that for who it is");
    assert!(sent[0].path().ends_with("/auth/whoami"));
}

#[tokio::test]
async fn where_a_system_has_no_such_path_the_token_is_read_and_that_it_is_not_verified_is_said() {
    let (emulator, user) = start().await;
    for (profile, subject) in [("watsonx", Emulator::SUBJECT), ("ibm", Emulator::SUBJECT), ("skyflow", "")] {
        let text = user.run(&format!("whoami -p {profile} -o json")).await.data();
        let said: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(said["said_by"], "the token itself (decoded, not verified)", "{text}");
        assert!(said["claims"]["sub"].as_str().unwrap().contains(subject), "{text}");
        // As a date, and to come.
        assert!(said["claims"]["exp"].as_str().unwrap().ends_with('Z'), "{text}");
    }
    for profile in ["cape", "ivcap"] {
        let text = user.run(&format!("whoami -p {profile}")).await.data();
        assert!(text.contains("\nclaims:\n  aud: ") && text.contains("\n  sub: "), "{text}");
    }
    assert_eq!(emulator.api_request_count(), 0, "nobody was asked");
}

#[tokio::test]
async fn offline_reads_the_token_alone_and_an_opaque_one_says_nothing() {
    let (emulator, user) = start().await;
    let text = user.run("whoami -p podstack --offline").await.data();
    assert!(text.contains("the token is opaque, and only the system can read it"), "{text}");
    assert_eq!(emulator.requests().len(), 0);
}

#[tokio::test]
async fn a_failure_has_the_exit_code_of_its_kind() {
    let (emulator, user) = start().await;
    User::new().run("whoami").await.failed(3, &["no credentials are configured"]);
    emulator.revoke_all();
    user.run("whoami -p podstack").await.failed(1, &["401", "api_token in "]);
    emulator.api_faults().once(Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    user.run("whoami -p podstack").await.failed(5, &["503"]);
    emulator.token_faults().always(Answer::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(3600));
    user.run("whoami -p watsonx").await.failed(5, &["watsonx"]);
}

#[tokio::test]
async fn words_of_the_system_that_could_be_a_credential_are_not_shown() {
    let (emulator, user) = start().await;
    let token = emulator.podstack().token();
    let user = user.with("PODSTACK_API_TOKEN", &token);
    let body = serde_json::json!({"id": "user-7", "name": format!("me {token}"), "key": token, "team": "a-team", "api_key": "another"});
    emulator.api_faults().always(Answer::new(StatusCode::OK).with_body("application/json", body.to_string()));
    let text = user.run("whoami -p podstack").await.data();
    assert!(text.contains("id: user-7") && text.contains("team: a-team"), "{text}");
    assert!(!text.contains("another"), "{text}");
    assert!(!text.contains(&token) && !text.contains(&token[8..20]), "{text}");
}

#[tokio::test]
async fn nothing_is_needed_where_the_platform_adds_it() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with("IVCAP_BASE_URL", emulator.ivcap().base_url());
    let text = user.run("whoami").await.data();
    assert!(text.contains("source: ivcap\n") && text.contains("no credential is needed"), "{text}");
}

#[tokio::test]
async fn words_that_would_turn_the_line_around_are_shown_as_numbers() {
    let (emulator, user) = start().await;
    let name = "admin\u{202e}nimda\u{2066}\u{1b}[2J";
    let body = serde_json::json!({"id": "user-7", "name": name});
    emulator.api_faults().always(Answer::new(StatusCode::OK).with_body("application/json", body.to_string()));
    let text = user.run("whoami -p podstack").await.data();
    assert!(text.contains(r"name: admin\u{202e}nimda\u{2066}\u{1b}[2J"), "{text}");

    let claims = serde_json::json!({"sub": name, "exp": 4_102_444_800_u64}).to_string();
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let token = format!("{}.{}.{}", encode(r#"{"alg":"RS256"}"#), encode(&claims), encode("signature"));
    let url = emulator.api_url();
    let user = User::new()
        .with_config(&format!("[profile.default]\ntype = \"token\"\nendpoint = \"{url}\"\ntoken = \"{token}\"\n"));
    for command in ["whoami --offline", "doctor --offline", "doctor"] {
        let said = user.run(command).await.stdout;
        assert!(!said.contains('\u{202e}') && !said.contains('\u{1b}'), "{command}: {said}");
    }
    assert!(user.run("whoami --offline").await.data().contains(r"sub: admin\u{202e}nimda"));
}

//! Where nothing is wrong.

use auth_emulator::Emulator;

use super::doctor;
use crate::rig::{User, profiles};

#[tokio::test]
async fn nothing_is_wrong_with_any_of_the_systems() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&profiles(&emulator));
    for (profile, fetches, is_called) in [
        ("default", true, true),
        ("oauth", true, true),
        ("ibm", true, false),
        ("watsonx", true, false),
        ("skyflow", true, false),
        ("cape", false, true),
        ("podstack", false, true),
        ("ivcap", false, true),
    ] {
        emulator.clear();
        let checked = doctor(&user, &format!("--profile {profile}")).await;
        assert_eq!(checked.code, Some(0), "{profile}: {checked:#?}");
        assert!(checked.ids_that("fail").is_empty() && checked.ids_that("warn").is_empty(), "{profile}: {checked:#?}");
        checked.is("credential", "ok", &[profile, "config.toml:"]);
        checked.is("token", "ok", &["fingerprint: "]);
        checked.is("clock", "ok", &["agrees"]);
        assert_eq!(checked.status("api-call"), if is_called { "ok" } else { "skipped" }, "{profile}");
        assert_eq!(emulator.token_request_count(), usize::from(fetches), "{profile}");
        assert_eq!(emulator.api_request_count(), usize::from(is_called), "{profile}");
    }
    assert!(emulator.other_requests().is_empty());
}

#[tokio::test]
async fn offline_sends_nothing() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&profiles(&emulator));
    let checked = doctor(&user, "--offline").await;
    assert_eq!((checked.code, emulator.requests().len()), (Some(0), 0), "{checked:#?}");
    assert_eq!(checked.ids_that("skipped").len(), 10, "{checked:#?}");
    checked.is("token", "skipped", &["--offline"]);
}

#[tokio::test]
async fn a_credential_that_is_not_needed_is_not_missed() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with("IVCAP_BASE_URL", emulator.ivcap().base_url());
    let checked = doctor(&user, "").await;
    assert_eq!(checked.code, Some(0), "{checked:#?}");
    checked.is("credential", "ok", &["none is needed"]);
    checked.is("token", "skipped", &["no credential is needed"]);
    checked.is("api-call", "ok", &[]);
}

#[tokio::test]
async fn a_person_reads_numbers_and_a_count() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with_config(&profiles(&emulator));
    let text = user.run("doctor").await.data();
    for words in [
        " 1 ok       credential     default: api_key from api_key in ",
        "17 ok       api-call       GET /whoami is answered",
    ] {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
    assert!(text.ends_with("14 ok, 0 warn, 0 fail, 3 skipped\n"), "{text}");
    emulator.token_faults().always(auth_emulator::Answer::new(auth_emulator::StatusCode::BAD_REQUEST));
    let ended = user.run("doctor").await;
    assert!(ended.stdout.contains("\n15 fail     token "), "{}", ended.stdout);
    assert!(ended.stdout.contains("\n            fix: "), "{}", ended.stdout);
    assert!(ended.stdout.contains("\n17 skipped  api-call       because of 15 (token)\n"), "{}", ended.stdout);
}

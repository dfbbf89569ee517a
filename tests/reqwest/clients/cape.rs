//! Cape: personal access tokens from their creation to their end.

use std::time::{Duration, SystemTime};

use auth_core::runtime::Runtime;
use auth_core::systems::Cape;
use auth_core::{Access, Env, Secret};
use auth_emulator::{Emulator, StatusCode, systems};
use auth_reqwest::ApiErrorKind;
use auth_reqwest::clients::{CapeClient, TokenInfo};

use super::stage::Stage;

fn with(emulator: &Emulator, token: impl Into<Secret>) -> Access {
    Cape::new().token(token).host(emulator.cape().url()).access().unwrap()
}

/// Logged in, as whoever begins to make tokens.
async fn stage() -> (Stage, CapeClient) {
    let stage = Stage::with(|emulator| with(emulator, emulator.cape().login_token())).await;
    let client = CapeClient::with_client(stage.api.clone());
    (stage, client)
}

#[tokio::test]
async fn a_created_token_works_is_listed_and_is_refused_at_the_very_next_request_after_its_deletion() {
    let (stage, cape) = stage().await;
    let now = stage.clock.now().wall();
    let day = Duration::from_secs(24 * 3600);
    let issued = cape.create_token("ci").description("for the build").expires_in(day).send().await.unwrap();
    let theirs = CapeClient::with_client(stage.client(&with(&stage.emulator, issued.token.clone())));

    let listed = theirs.tokens().await.unwrap();
    let [token] = &*listed else { panic!("{listed:?}") };
    assert_eq!((token.name.as_str(), token.description.as_str()), ("ci", "for the build"));
    let whole = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    assert_eq!((whole(token.created_at), token.expiry.map(whole)), (whole(now), Some(whole(now + day))));
    assert!(token.last_used.is_some(), "the listing itself");

    cape.delete_token(&token.id).await.unwrap();
    let error = theirs.tokens().await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Authentication);
    assert!(error.to_string().contains("the argument `token`"), "{error}");
    assert_eq!(stage.last().status(), Some(StatusCode::UNAUTHORIZED));
    assert!(cape.tokens().await.unwrap().is_empty());
    let error = cape.delete_token(&token.id).await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::NotFound);
}

#[tokio::test]
async fn a_token_is_nowhere_but_in_its_secret() {
    let (stage, cape) = stage().await;
    let issued = cape.create_token("ci").send().await.unwrap();
    let token = issued.token.expose().to_owned();
    let theirs = CapeClient::with_client(stage.client(&with(&stage.emulator, issued.token.clone())));
    let listed = theirs.tokens().await.unwrap();
    let id = listed[0].id.clone();
    cape.delete_token(&id).await.unwrap();
    let error = theirs.tokens().await.unwrap_err();

    let mut said = vec![format!("{issued:?}"), format!("{listed:?}"), format!("{theirs:?}"), format!("{cape:?}")];
    said.extend([format!("{error}"), format!("{error:?}")]);
    for request in stage.emulator.requests() {
        said.push(format!("{} {:?} {:?}", request.path(), request.query(), request.body()));
    }
    // The id is a claim of it, and no secret; nothing else of it is in what was said.
    for piece in token.as_bytes().chunks_exact(24) {
        let piece = std::str::from_utf8(piece).unwrap();
        assert!(!said.iter().any(|said| said.contains(piece)), "{piece} in {said:?}");
    }
    // It was carried where it belongs, and by nobody else.
    let carried: Vec<_> = stage.emulator.requests().iter().map(|request| request.carries(&token)).collect();
    assert_eq!(carried, [false, true, false, true]);
}

#[tokio::test]
async fn each_mistake_has_its_kind_and_the_systems_words() {
    let (stage, cape) = stage().await;
    let error = cape.create_token(" ").send().await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Config);
    assert_eq!(stage.counts(), (0, 0), "a name is missed before anything is sent");

    let past = stage.clock.now().wall() - Duration::from_secs(1);
    let error = cape.create_token("late").expires_at(past).send().await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Validation);
    assert!(error.to_string().contains("expiry is in the past"), "{error}");

    let function = systems::Cape::FUNCTION_ID;
    let narrow = cape.create_token("narrow").function_id(function).send().await.unwrap();
    let narrow = CapeClient::with_client(stage.client(&with(&stage.emulator, narrow.token)));
    let error = narrow.tokens().await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::PermissionDenied);
    assert!(error.to_string().contains("for one function only"), "{error}");
    let sent = stage.counts();
    for id in ["", "..", "../tokens"] {
        let error = cape.delete_token(id).await.unwrap_err();
        assert_eq!(error.kind(), ApiErrorKind::Config, "{id} could become another path");
    }
    assert_eq!(stage.counts(), sent);
}

#[tokio::test]
async fn a_token_that_is_over_is_not_sent() {
    let (stage, cape) = stage().await;
    let issued = cape.create_token("short").expires_in(Duration::from_secs(60)).send().await.unwrap();
    let theirs = CapeClient::with_client(stage.client(&with(&stage.emulator, issued.token)));
    theirs.tokens().await.unwrap();
    let sent = stage.counts();
    stage.clock.advance(Duration::from_secs(120));
    let error = theirs.tokens().await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Authentication);
    assert!(error.to_string().contains("expired") && error.to_string().contains("the argument `token`"), "{error}");
    assert_eq!(stage.counts(), sent);
}

#[tokio::test]
async fn a_token_is_not_created_twice() {
    let (stage, cape) = stage().await;
    stage.emulator.api_faults().once(auth_emulator::Answer::new(StatusCode::SERVICE_UNAVAILABLE));
    let error = cape.create_token("once").send().await.unwrap_err();
    assert_eq!((error.kind(), stage.counts().1), (ApiErrorKind::Server, 1), "it may be there already");
}

#[tokio::test]
async fn a_login_of_the_command_line_serves_and_when_it_is_refused_its_file_is_named() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/cape");
    std::fs::create_dir_all(&folder).unwrap();
    let at_home = home.path().to_str().unwrap();
    let env = Env::of([("HOME", at_home), ("USERPROFILE", at_home)]);
    let stage = Stage::with(|emulator| {
        std::fs::write(folder.join("auth"), emulator.cape().auth_json()).unwrap();
        Cape::from_env(&env).host(emulator.cape().url()).access().unwrap()
    })
    .await;
    let cape = CapeClient::with_client(stage.api.clone());
    assert!(cape.tokens().await.unwrap().is_empty());
    stage.emulator.revoke_all();
    let error = cape.tokens().await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Authentication);
    let text = error.to_string();
    assert!(text.starts_with("the token in access_token in") && text.contains("auth was refused"), "{text}");
}

#[tokio::test]
async fn an_end_that_no_clock_can_say_is_an_error_and_not_a_panic() {
    let (stage, cape) = stage().await;
    for life in [Duration::MAX, Duration::from_secs(u64::MAX / 4), Duration::from_secs(300_000_000_000)] {
        let error = cape.create_token("for ever").expires_in(life).send().await.unwrap_err();
        assert_eq!(error.kind(), ApiErrorKind::Config);
        assert!(error.to_string().contains("too far away"), "{error}");
    }
    assert_eq!(stage.counts(), (0, 0));
}

#[test]
fn the_zero_time_of_go_is_none() {
    let listed = serde_json::json!({
        "id": "j1", "name": "n", "created_at": "2023-02-10T23:22:03.11Z",
        "expiry": "0001-01-01T00:00:00Z", "last_used": "2023-02-10T23:22:03.11Z",
    });
    let token: TokenInfo = serde_json::from_value(listed).unwrap();
    let since = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    assert_eq!((token.expiry, token.last_used.map(since)), (None, Some(1_676_071_323)));
    assert_eq!((token.id.as_str(), since(token.created_at), token.description.as_str()), ("j1", 1_676_071_323, ""));
}

//! A credential that is refused is named as what it is, with its place.

use auth_core::settings::Profiles;
use auth_core::systems::{Skyflow, Watsonx};
use auth_core::{Access, Env};
use auth_emulator::{Answer, Emulator, StatusCode, systems};
use auth_reqwest::ApiErrorKind;
use serde_json::json;

use super::stage::Stage;

const GENERATION: &str = "/ml/v1/text/generation";

fn vault() -> String {
    format!("/v1/vaults/{}/{}", systems::Skyflow::VAULT_ID, systems::Skyflow::TABLE)
}

/// What is said when the API refuses whatever is sent.
async fn refused(path: &str, access: impl FnOnce(&Emulator) -> Access) -> String {
    let stage = Stage::with(access).await;
    stage.emulator.api_faults().always(Answer::new(StatusCode::UNAUTHORIZED));
    let error = stage.api.post(path).json(&json!({})).send().await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Authentication, "{error}");
    let text = error.to_string();
    assert!(text.len() < 300, "{text}");
    text
}

#[tokio::test]
async fn the_file_of_a_service_account_is_named_and_not_the_context_of_its_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let (path, profiles) = (folder.path().join("sa.json"), folder.path().join("profiles.toml"));
    std::fs::write(&profiles, "[profile.x]\nsystem = \"skyflow\"\ncredentials_path = \"sa.json\"\nctx = \"case-7\"\n")
        .unwrap();
    let env = Env::of([("HOME", "/nowhere")]);
    let in_profile = refused(&vault(), |emulator| {
        std::fs::write(&path, emulator.skyflow().credentials_json()).unwrap();
        let profile = Profiles::read(&profiles, &env).unwrap().profile("x").unwrap();
        Skyflow::from_profile(profile, &env).vault_url(emulator.skyflow().vault_url()).access().unwrap()
    })
    .await;
    assert!(in_profile.starts_with("the credentials_path (") && in_profile.contains("sa.json) in "), "{in_profile}");
    // Not the bare word: the name of a temporary folder may have it.
    assert!(in_profile.contains("profiles.toml:3 was refused") && !in_profile.contains("the ctx"), "{in_profile}");

    let alone = refused(&vault(), |emulator| {
        std::fs::write(&path, emulator.skyflow().credentials_json()).unwrap();
        let vault = emulator.skyflow().vault_url();
        Skyflow::from_env(&env).credentials_path(&path).ctx("case-7").vault_url(vault).access().unwrap()
    })
    .await;
    assert!(alone.contains("sa.json) in the argument `credentials_path` was refused"), "{alone}");
}

#[tokio::test]
async fn the_file_of_a_token_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("platform-token");
    std::fs::write(&path, "token-of-a-platform").unwrap();
    let text = refused(GENERATION, |emulator| {
        let env = Env::of([("RUNTIME_ENV_ACCESS_TOKEN_FILE", path.to_str().unwrap())]);
        Watsonx::from_env(&env).url(emulator.watsonx().url()).access().unwrap()
    })
    .await;
    assert!(text.starts_with("the token in ") && text.contains("platform-token was refused"), "{text}");
}

#[tokio::test]
async fn of_two_credentials_only_the_one_that_is_used_is_named() {
    let text = refused(GENERATION, |emulator| {
        let env = Env::of([("WATSONX_APIKEY", Emulator::API_KEY), ("WATSONX_TOKEN", "token-of-a-platform")]);
        let watsonx = Watsonx::from_env(&env).url(emulator.watsonx().url());
        watsonx.auth_url(emulator.ibm().auth_url()).access().unwrap()
    })
    .await;
    assert!(text.starts_with("the api_key in the variable WATSONX_APIKEY was refused"), "{text}");
    assert!(!text.contains("WATSONX_TOKEN"), "{text}");
}

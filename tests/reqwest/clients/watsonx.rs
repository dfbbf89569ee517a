//! watsonx.ai: text generation, and what can be wrong with it.

use auth_core::settings::Profiles;
use auth_core::systems::Watsonx;
use auth_core::{Access, Env};
use auth_emulator::{Emulator, StatusCode, systems};
use auth_reqwest::ApiErrorKind;
use auth_reqwest::clients::WatsonxClient;
use serde_json::{Value, json};

use super::stage::Stage;

const MODEL: &str = systems::Watsonx::MODEL_ID;
const PROJECT: &str = systems::Watsonx::PROJECT_ID;

fn builder(emulator: &Emulator) -> Watsonx {
    let builder = Watsonx::new().url(emulator.watsonx().url()).auth_url(emulator.ibm().auth_url());
    builder.api_key(Emulator::API_KEY)
}

fn access(emulator: &Emulator) -> Access {
    builder(emulator).project_id(PROJECT).access().unwrap()
}

async fn stage() -> (Stage, WatsonxClient) {
    let stage = Stage::with(access).await;
    let client = WatsonxClient::with_client(stage.api.clone());
    (stage, client)
}

#[tokio::test]
async fn text_is_generated_for_the_default_project_and_counted() {
    let (stage, client) = stage().await;
    let generated = client.generate(MODEL, "one two three").send().await.unwrap();
    assert_eq!(generated.text, "You said: three two one");
    assert_eq!((generated.input_tokens, generated.generated_tokens), (Some(3), Some(5)));
    assert_eq!((generated.model_id.as_deref(), generated.stop_reason.as_deref()), (Some(MODEL), Some("eos_token")));
    let sent: Value = serde_json::from_slice(stage.last().body()).unwrap();
    assert_eq!(sent["project_id"], PROJECT);
    assert_eq!(stage.last().query().unwrap().matches("version=").count(), 1, "the version is said once");
    assert_eq!(stage.counts(), (1, 1));
}

#[tokio::test]
async fn a_space_takes_the_place_of_the_default_project() {
    let (stage, client) = stage().await;
    client.generate(MODEL, "hello").space_id(systems::Watsonx::SPACE_ID).send().await.unwrap();
    let sent: Value = serde_json::from_slice(stage.last().body()).unwrap();
    assert_eq!((&sent["space_id"], &sent["project_id"]), (&systems::Watsonx::SPACE_ID.into(), &Value::Null));
    let both = client.generate(MODEL, "hello").space_id("s-1").project_id("p-1");
    assert_eq!(both.send().await.unwrap_err().kind(), ApiErrorKind::Config);
    client.generate(MODEL, "hello").parameters(json!({ "max_new_tokens": 5 })).send().await.unwrap();
    let sent: Value = serde_json::from_slice(stage.last().body()).unwrap();
    assert_eq!((&sent["parameters"], &sent["project_id"]), (&json!({ "max_new_tokens": 5 }), &PROJECT.into()));
}

#[tokio::test]
async fn the_version_of_the_api_is_that_of_the_settings() {
    let stage =
        Stage::with(|emulator| builder(emulator).project_id(PROJECT).version("2025-01-02").access().unwrap()).await;
    let client = WatsonxClient::with_client(stage.api.clone());
    client.generate(MODEL, "hello").send().await.unwrap();
    assert_eq!(stage.last().query(), Some("version=2025-01-02"));

    let (folder, env) = (tempfile::tempdir().unwrap(), Env::empty());
    let file = folder.path().join("profiles.toml");
    std::fs::write(&file, "[profile.x]\nsystem = \"watsonx\"\nversion = \"2025-03-04\"\n").unwrap();
    let profile = Profiles::read(&file, &env).unwrap().profile("x").unwrap();
    let stage = Stage::with(|emulator| {
        let watsonx = Watsonx::from_profile(profile, &env).url(emulator.watsonx().url());
        watsonx.auth_url(emulator.ibm().auth_url()).api_key(Emulator::API_KEY).project_id(PROJECT).access().unwrap()
    })
    .await;
    WatsonxClient::with_client(stage.api.clone()).generate(MODEL, "hello").send().await.unwrap();
    assert_eq!(stage.last().query(), Some("version=2025-03-04"));
}

#[tokio::test]
async fn each_mistake_has_its_kind_and_the_systems_words() {
    let (stage, client) = stage().await;
    for (request, kind, code) in [
        (
            client.generate(MODEL, "hello").project_id(systems::Watsonx::FORBIDDEN_PROJECT_ID),
            ApiErrorKind::PermissionDenied,
            "user_authorization_failed",
        ),
        (client.generate(MODEL, "hello").project_id("unknown"), ApiErrorKind::NotFound, "project_not_found"),
        (client.generate("ibm/unknown", "hello"), ApiErrorKind::NotFound, "model_not_supported"),
        (client.generate(MODEL, ""), ApiErrorKind::Validation, "json_validation_error"),
    ] {
        let error = request.send().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, Some(code)), "{error}");
        assert!(error.message().is_some() && error.request_id() == Some("emulator"), "{error:?}");
    }
    assert_eq!(stage.counts(), (1, 4), "nothing is sent twice, and one token serves");
}

#[tokio::test]
async fn without_a_project_the_api_says_what_is_missing() {
    let stage = Stage::with(|emulator| builder(emulator).access().unwrap()).await;
    let error = WatsonxClient::with_client(stage.api.clone()).generate(MODEL, "hello").send().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ApiErrorKind::Validation, Some("missing_required_parameters")));
    assert!(error.to_string().contains("project_id"), "{error}");
}

#[tokio::test]
async fn a_revoked_token_is_replaced_and_the_text_generated_once() {
    let (stage, client) = stage().await;
    client.generate(MODEL, "hello").send().await.unwrap();
    stage.emulator.revoke_all();
    assert_eq!(client.generate(MODEL, "again").send().await.unwrap().text, "You said: again");
    let statuses: Vec<_> = stage.emulator.api_requests().iter().filter_map(|request| request.status()).collect();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::UNAUTHORIZED, StatusCode::OK]);
}

//! Podstack: who one is, projects, the registry.

use auth_core::systems::Podstack;
use auth_core::{Access, Env};
use auth_emulator::{Emulator, StatusCode, systems};
use auth_reqwest::ApiErrorKind;
use auth_reqwest::clients::{PodstackClient, PodstackRegistry};
use serde_json::{Value, json};

use super::stage::Stage;
use crate::systems::five::OfPodstack;

fn with_project(emulator: &Emulator, project: &str) -> Access {
    let (endpoint, token) = (emulator.podstack().endpoint(), emulator.podstack().token());
    let env = Env::of([("PODSTACK_API_TOKEN", token), ("PODSTACK_API_ENDPOINT", endpoint)]);
    Podstack::from_env(&env).project(project).access().unwrap()
}

#[tokio::test]
async fn whoami_is_typed_and_says_the_rest_too() {
    let stage = Stage::of::<OfPodstack>().await;
    let whoami = PodstackClient::with_client(stage.api.clone()).whoami().await.unwrap();
    assert_eq!(whoami.email.as_deref(), Some(systems::Podstack::EMAIL));
    assert_eq!((whoami.name.as_deref(), whoami.id.as_deref()), (Some("Someone"), Some("user-1")));
    assert_eq!(whoami.get("project"), Some(&systems::Podstack::PROJECT.into()), "that of X-Project-ID");
}

#[tokio::test]
async fn projects_are_listed_page_by_page() {
    let stage = Stage::of::<OfPodstack>().await;
    for number in 0..45 {
        let project = json!({ "name": format!("made {number}") });
        stage.api.post("/projects").json(&project).send().await.unwrap();
    }
    stage.emulator.clear();
    let projects = PodstackClient::with_client(stage.api.clone()).projects().all().await.unwrap();
    assert!(projects.len() > 45 && projects[0].id == systems::Podstack::PROJECT);
    assert!(projects.iter().any(|project| project.name.as_deref() == Some("made 44")));
    let offsets: Vec<_> = stage.emulator.api_requests().iter().filter_map(|got| offset(got.query()?)).collect();
    assert_eq!(offsets, ["0", "20", "40"]);

    stage.emulator.clear();
    let fewer = PodstackClient::with_client(stage.api.clone()).projects().limit(30).all().await.unwrap();
    assert_eq!(fewer.len(), projects.len());
    let queries: Vec<_> = stage.emulator.api_requests().iter().map(|got| got.query().unwrap().to_owned()).collect();
    assert_eq!(queries, ["limit=30&offset=0", "offset=30&limit=30"]);
}

fn offset(query: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "offset").map(|(_, offset)| offset.into_owned())
}

#[tokio::test]
async fn the_registry_is_asked_with_the_same_token_and_project() {
    let stage = Stage::of::<OfPodstack>().await;
    let registry = PodstackRegistry::with_client(stage.at(&stage.emulator.podstack().registry_url()));
    let experiments = registry.experiments().all().await.unwrap();
    assert_eq!(experiments[0].id, "exp-1");
    assert_eq!(experiments[0].other["project_id"], systems::Podstack::PROJECT);
}

#[tokio::test]
async fn each_mistake_has_its_kind_and_the_words_that_users_know() {
    let stage = Stage::with(|emulator| with_project(emulator, systems::Podstack::FORBIDDEN_PROJECT)).await;
    let client = PodstackClient::with_client(stage.api.clone());
    let error = client.whoami().await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ApiErrorKind::PermissionDenied, Some("Access denied to resource")));

    let api = stage.client(&with_project(&stage.emulator, "unknown"));
    let error = PodstackClient::with_client(api).whoami().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ApiErrorKind::NotFound, Some("not_found")));

    let api = stage.client(&with_project(&stage.emulator, systems::Podstack::PROJECT));
    let error = api.post("/projects").json(&json!({})).send().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ApiErrorKind::Validation, Some("name")));
    assert_eq!(error.message(), Some("name is required"));

    stage.emulator.revoke_all();
    let error = PodstackClient::with_client(api).whoami().await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ApiErrorKind::Authentication, Some("Invalid API token")));
    let text = error.to_string();
    assert!(text.starts_with("the token in the variable PODSTACK_API_TOKEN was refused"), "{text}");
}

#[tokio::test]
async fn a_rate_limit_in_the_systems_own_form_is_waited_for() {
    let stage = Stage::of::<OfPodstack>().await;
    let client = PodstackClient::with_client(stage.api.clone());
    stage.emulator.api_faults().once(stage.emulator.podstack().rate_limit(7));
    let new = stage.api.post("/projects").json(&json!({ "name": "mine" }));
    let error = new.send().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ApiErrorKind::RateLimit, Some("rate_limit_exceeded")));
    assert_eq!(error.retry_after().map(|pause| pause.as_secs()), Some(7));

    stage.emulator.api_faults().once(stage.emulator.podstack().rate_limit(7));
    stage.clock.pass();
    client.whoami().await.unwrap();
    assert_eq!(stage.clock.pauses().iter().map(|pause| pause.as_secs()).collect::<Vec<_>>(), [7]);
}

#[tokio::test]
async fn a_token_that_is_renewed_serves_the_clients_that_are_there() {
    let stage = Stage::of::<OfPodstack>().await;
    let client = PodstackClient::with_client(stage.api.clone());
    client.whoami().await.unwrap();
    stage.emulator.revoke_all();
    client.whoami().await.unwrap_err();
    stage.access.token_handle().unwrap().replace(stage.emulator.podstack().token()).unwrap();
    let whoami: Value = stage.api.get("/auth/whoami").send().await.unwrap().json().await.unwrap();
    assert_eq!(whoami["email"], systems::Podstack::EMAIL);
    assert_eq!(stage.last().status(), Some(StatusCode::OK));
}

#[test]
fn the_registry_is_beside_the_api_whose_path_is_not_its_own() {
    let access = Podstack::new().token("psk_of_a_test").endpoint("https://api.podstack.example/v1").access().unwrap();
    let registry = PodstackRegistry::new(&access).unwrap();
    assert_eq!(registry.api().endpoint().to_string(), "https://api.podstack.example");
}

//! Skyflow: a vault, a connection, and API keys of service accounts.

use auth_core::systems::Skyflow;
use auth_core::{Access, ErrorKind, Secret};
use auth_emulator::{Emulator, systems};
use auth_reqwest::ApiErrorKind;
use auth_reqwest::clients::{ApiKeyInfo, SkyflowClient, SkyflowConnection, SkyflowKeys};
use http::Method;
use serde_json::{Value, json};

use super::stage::Stage;
use crate::systems::five::OfSkyflow;

const VAULT: &str = systems::Skyflow::VAULT_ID;
const TABLE: &str = systems::Skyflow::TABLE;
const RECORD: &str = systems::Skyflow::RECORD_ID;

fn with_key(emulator: &Emulator, key: impl Into<Secret>) -> Access {
    Skyflow::new().api_key(key).vault_url(emulator.skyflow().vault_url()).access().unwrap()
}

fn keys(stage: &Stage) -> SkyflowKeys {
    SkyflowKeys::with_client(stage.at(&stage.emulator.skyflow().management_url()))
}

/// What the vault says to an API key: nothing if it lets it in.
async fn refused(stage: &Stage, key: &Secret) -> Option<ApiErrorKind> {
    let vault = SkyflowClient::with_client(stage.client(&with_key(&stage.emulator, key.clone())));
    vault.get(VAULT, TABLE).send().await.err().map(|error| error.kind())
}

#[tokio::test]
async fn a_record_is_read_by_its_id() {
    let stage = Stage::of::<OfSkyflow>().await;
    let records = SkyflowClient::with_client(stage.api.clone()).get(VAULT, TABLE).ids([RECORD]).send().await.unwrap();
    assert_eq!(records[0].fields["skyflow_id"], RECORD);
    assert!(!format!("{records:?}").contains(records[0].fields["name"].as_str().unwrap()), "Debug shows no value");
    assert_eq!(stage.counts(), (1, 1));
}

#[tokio::test]
async fn an_api_key_is_sent_as_it_is() {
    let stage = Stage::with(|emulator| with_key(emulator, emulator.skyflow().api_key())).await;
    SkyflowClient::with_client(stage.api.clone()).get(VAULT, TABLE).ids([RECORD]).send().await.unwrap();
    assert!(stage.last().header("authorization").unwrap().starts_with("Bearer sky-"));
    assert_eq!(stage.counts(), (0, 1));
}

#[tokio::test]
async fn each_mistake_has_its_kind_the_systems_words_and_the_requests_id() {
    let stage = Stage::of::<OfSkyflow>().await;
    let vault = SkyflowClient::with_client(stage.api.clone());
    for (request, kind) in [
        (vault.get("another-vault", TABLE), ApiErrorKind::NotFound),
        (vault.get(VAULT, TABLE).ids(["unknown"]), ApiErrorKind::NotFound),
    ] {
        let error = request.send().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().is_some() && error.request_id().is_some(), "{error:?}");
    }
    let broken = stage.api.post(format!("/v1/vaults/{VAULT}/{TABLE}")).json(&json!({})).send().await.unwrap_err();
    assert_eq!(broken.kind(), ApiErrorKind::Validation);
    assert!(broken.to_string().contains("records is not a list"), "{broken}");
}

#[tokio::test]
async fn a_connection_gets_the_raw_token_in_its_own_header_and_no_authorization() {
    let stage = Stage::of::<OfSkyflow>().await;
    let url = stage.emulator.skyflow().connection_url();
    let access = Skyflow::new()
        .credentials(stage.emulator.skyflow().credentials_json())
        .connection_url(&url)
        .connection()
        .unwrap();
    let connection = SkyflowConnection::with_client(stage.client(&access));
    let request = connection.request(Method::POST, "/pay").json(&json!({ "amount": 1 }));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!((&answer["method"], &answer["body"]["amount"]), (&"POST".into(), &1.into()));
    let sent = stage.last();
    assert_eq!(sent.header("authorization"), None);
    let token = sent.header("x-skyflow-authorization").unwrap();
    assert!(token.starts_with("ey") && !token.contains(' '), "raw, and not Bearer");
    assert_eq!(connection.api().endpoint().to_string(), url);

    let unknown =
        Skyflow::new().api_key("sky-00000-00000000000000000000000000000000").connection_url(&url).connection().unwrap();
    let connection = SkyflowConnection::with_client(stage.client(&unknown));
    let error = connection.request(Method::GET, "/pay").send().await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Authentication);
    assert!(error.to_string().contains("the argument `api_key`"), "{error}");
}

#[tokio::test]
async fn an_api_key_from_its_creation_to_its_deletion() {
    let stage = Stage::of::<OfSkyflow>().await;
    let keys = keys(&stage);
    let first = keys.create("reporting").description("reads").send().await.unwrap();
    assert_eq!(refused(&stage, &first.key).await, None);
    let second = keys.rotate(&first.account_id, &first.key_id).await.unwrap();
    let gone = Some(ApiErrorKind::Authentication);
    assert_eq!((refused(&stage, &first.key).await, refused(&stage, &second.key).await), (gone, None));
    assert_eq!(second.account_id, first.account_id);

    keys.disable(&second.account_id, &second.key_id).await.unwrap();
    assert_eq!(refused(&stage, &second.key).await, gone);
    let listed = keys.list(&second.account_id).await.unwrap();
    assert_eq!((listed.len(), listed[0].status.as_deref()), (1, Some("DISABLED")));
    keys.enable(&second.account_id, &second.key_id).await.unwrap();
    assert_eq!(refused(&stage, &second.key).await, None);

    let third = keys.add(&second.account_id).await.unwrap();
    assert_eq!((refused(&stage, &third.key).await, keys.list(&second.account_id).await.unwrap().len()), (None, 2));
    keys.delete(&second.account_id, &second.key_id).await.unwrap();
    assert_eq!((refused(&stage, &second.key).await, refused(&stage, &third.key).await), (gone, None));

    // Shown once: in no Debug, and in no list.
    for issued in [&first, &second, &third] {
        let key = issued.key.expose();
        assert!(!format!("{issued:?} {listed:?}").contains(key));
        let urls =
            stage.emulator.requests().iter().map(|got| format!("{} {:?}", got.path(), got.query())).collect::<String>();
        assert!(!urls.contains(key));
    }
}

#[tokio::test]
async fn an_account_is_for_keys_or_for_bearer_tokens_and_says_which() {
    let stage = Stage::of::<OfSkyflow>().await;
    let keys = keys(&stage);
    let credentials: Value = serde_json::from_str(&stage.emulator.skyflow().credentials_json()).unwrap();
    let error = keys.add(credentials["clientID"].as_str().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::PermissionDenied);
    assert!(error.to_string().contains("can't make API keys"), "{error}");
    assert_eq!(keys.list("nobody").await.unwrap_err().kind(), ApiErrorKind::NotFound);
    let sent = stage.counts().1;
    assert_eq!(keys.create("").send().await.unwrap_err().kind(), ApiErrorKind::Config);
    assert_eq!(keys.delete("nobody", "..").await.unwrap_err().kind(), ApiErrorKind::Config);
    assert_eq!(stage.counts().1, sent, "what can't be right is not sent");
}

#[test]
fn a_credential_of_the_sandbox_does_not_go_to_productions_management() {
    let keys = |vault: &str| {
        let access = Skyflow::new().token("bearer-of-a-test").vault_url(vault).access().unwrap();
        SkyflowKeys::new(&access).map(|keys| keys.api().endpoint().to_string())
    };
    for (vault, manage) in [
        ("https://ab12.vault.skyflowapis.com", "https://manage.skyflowapis.com"),
        ("https://ab12.vault.skyflowapis-preview.com", "https://manage.skyflowapis-preview.com"),
        ("https://AB12.VAULT.skyflowapis-preview.com", "https://manage.skyflowapis-preview.com"),
    ] {
        assert_eq!(keys(vault).unwrap(), manage, "{vault}");
    }
    for elsewhere in [
        "http://127.0.0.1:9/vault",
        "https://vault.acme.example",
        "https://evilskyflowapis.com",
        "https://skyflowapis.com.acme.example",
        "https://ab12.vault.skyflowapis.com:8443",
    ] {
        let error = keys(elsewhere).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured, "{elsewhere}");
        assert!(error.to_string().contains("give that API's own URL"), "{error}");
    }
}

#[test]
fn a_list_of_keys_that_has_the_keys_themselves_does_not_show_them() {
    let key = "sky-ab123-0123456789abcdef0123456789abcdef";
    let listed: ApiKeyInfo = serde_json::from_value(json!({ "ID": "k1", "status": "ENABLED", "apiKey": key })).unwrap();
    assert_eq!(listed.other["apiKey"], key);
    let shown = format!("{listed:?}");
    assert!(shown.contains("k1") && shown.contains("ENABLED") && !shown.contains("0123"), "{shown}");
}

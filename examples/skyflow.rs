//! Skyflow with a service account's `credentials.json`: a record of a vault, a connection of the gateway with the raw token
//! in its own header, and a data token signed here that the vault accepts. Then the life of an API key: shown once when it
//! is created, rotated, disabled and deleted, and refused by the vault from the moment on that it should be.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error;

use auth_emulator::{Emulator, systems::Skyflow as Vault};
use auth_reqwest::clients::{SkyflowClient, SkyflowConnection, SkyflowKeys};
use auth_reqwest::core::systems::{Skyflow, skyflow::Credentials, skyflow::DataTokens};
use auth_reqwest::core::{Access, Endpoint, Secret};
use auth_reqwest::{ApiClient, ApiError, ApiErrorKind};
use serde_json::{Value, json};

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let emulator = Emulator::start().await?;
    let home = tempfile::tempdir()?;
    let path = home.path().join("credentials.json");
    std::fs::write(&path, emulator.skyflow().credentials_json())?;

    let skyflow = Skyflow::new().credentials_path(&path).roles(["r1"]).vault_url(emulator.skyflow().vault_url());
    let access = skyflow.access()?;
    let vault = SkyflowClient::new(&access)?;
    let records =
        vault.get(Vault::VAULT_ID, Vault::TABLE).ids([Vault::RECORD_ID]).redaction("PLAIN_TEXT").send().await?;
    println!("a record of the vault has {:?}", records[0].fields.keys().collect::<Vec<_>>());
    assert_eq!(records[0].fields["skyflow_id"], Vault::RECORD_ID);

    let connection =
        SkyflowConnection::new(&skyflow.clone().connection_url(emulator.skyflow().connection_url()).connection()?)?;
    let answer: Value =
        connection.request(http::Method::POST, "/pay").json(&json!({"amount": 7})).send().await?.json().await?;
    let requests = emulator.api_requests();
    let sent = requests.last().ok_or("a request was expected")?;
    println!("through a connection: {} {}", answer["method"], answer["body"]);
    assert!(sent.header("authorization").is_none() && answer["body"]["amount"] == 7);
    assert!(sent.header("x-skyflow-authorization").is_some_and(|token| !token.contains(' ')));

    let signed = DataTokens::new(Credentials::from_file(&path)?).sign(["a-data-token"]).await?;
    let parameters = json!({ "detokenizationParameters": [{ "token": signed[0].signed().expose() }] });
    let detokenize = auth_reqwest::path(["v1", "vaults", Vault::VAULT_ID, "detokenize"])?;
    let plain: Value = vault.api().post(detokenize).json(&parameters).send().await?.json().await?;
    println!("a signed data token is the {}", plain["records"][0]["value"]);
    assert_eq!(plain["records"][0]["value"], "value of a-data-token");

    keys(&emulator, &access).await
}

async fn keys(emulator: &Emulator, access: &Access) -> Result<(), Failure> {
    let manage = Endpoint::parse(&emulator.skyflow().management_url())?;
    let keys = SkyflowKeys::with_client(ApiClient::new(&access.clone().with_endpoint(manage))?);
    let first = keys.create("reporting").description("reads one table").send().await?;
    println!("\ncreated {}, shown once: {}", first.key_id, first.key.expose());
    assert!(accepts(emulator, &first.key).await?);

    let second = keys.rotate(&first.account_id, &first.key_id).await?;
    let both = (accepts(emulator, &first.key).await?, accepts(emulator, &second.key).await?);
    println!("rotated; the vault accepts the old one: {}, the new one: {}", both.0, both.1);
    assert_eq!(both, (false, true));

    keys.disable(&second.account_id, &second.key_id).await?;
    let disabled = accepts(emulator, &second.key).await?;
    keys.enable(&second.account_id, &second.key_id).await?;
    println!("disabled: {disabled}, enabled again: {}", accepts(emulator, &second.key).await?);
    assert!(!disabled);

    let listed = keys.list(&second.account_id).await?;
    assert!(!format!("{listed:?}").contains(second.key.expose()), "it is not shown again");
    keys.delete(&second.account_id, &second.key_id).await?;
    println!("listed: {}, deleted: {}", listed.len(), accepts(emulator, &second.key).await?);
    assert!(!accepts(emulator, &second.key).await? && keys.list(&second.account_id).await?.is_empty());
    Ok(())
}

/// Whether the vault lets this API key in.
async fn accepts(emulator: &Emulator, key: &Secret) -> Result<bool, Failure> {
    let access = Skyflow::new().api_key(key.clone()).vault_url(emulator.skyflow().vault_url()).access()?;
    let records = SkyflowClient::new(&access)?.get(Vault::VAULT_ID, Vault::TABLE).send().await;
    match records.as_ref().map_err(ApiError::kind) {
        Ok(_) => Ok(true),
        Err(ApiErrorKind::Authentication) => Ok(false),
        Err(_) => Ok(records.map(|_| true)?),
    }
}

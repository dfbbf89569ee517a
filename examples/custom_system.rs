//! A system of one's own, described in `custom_system.toml` alone: no line here knows its variables, headers or grant. It
//! authenticates, says who one is, sends its context along, refetches a token that was revoked, and an error names the
//! variable that is missing.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error;

use auth_emulator::{Emulator, systems};
use auth_reqwest::ApiClient;
use auth_reqwest::core::{Env, settings::Profiles};

const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/custom_system.toml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let emulator = Emulator::start().await?;
    let variables = [
        ("ACME_URL", emulator.api_url()),
        ("ACME_TOKEN_URL", emulator.oauth().token_url()),
        ("ACME_CLIENT_ID", systems::OAuth::CLIENT_ID.to_owned()),
        ("ACME_CLIENT_SECRET", systems::OAuth::CLIENT_SECRET.to_owned()),
    ];
    let env = Env::of(variables.clone()); // a program takes `Env::process()`
    // The file is the example's own, wherever one stands: without `trusted` it may be anybody's, and names no variable.
    let client = ApiClient::new(&Profiles::read(CONFIG, &env)?.trusted().access(Some("big"), &env)?)?;

    let whoami = client.whoami().await?;
    println!("at {}, {:?}", client.access().id(), whoami.id);
    assert_eq!(whoami.id.as_deref(), Some(systems::OAuth::CLIENT_ID));

    emulator.revoke_all();
    let thing: serde_json::Value = client.post("/things").json(&serde_json::json!({})).send().await?.json().await?;
    println!("after a revocation: {} of {}", thing["method"], thing["path"]);
    let sent = emulator.api_requests();
    let context =
        sent.iter().all(|got| got.header("x-acme-project") == Some("p-9") && got.query() == Some("version=2026-10-14"));
    println!("{} requests, each with its context: {context}", sent.len());
    assert!(context && sent.len() == 3 && emulator.token_request_count() == 2);

    let poorer = Env::of(variables.into_iter().take(3));
    let error =
        Profiles::read(CONFIG, &poorer)?.trusted().access(None, &poorer).err().ok_or("an error was expected")?;
    println!("without a secret: {error}");
    assert!(error.to_string().contains("ACME_CLIENT_SECRET"));
    Ok(())
}

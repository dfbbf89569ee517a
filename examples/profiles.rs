//! Profiles of a config in TOML, `profiles.toml`: two select a vendor's system, one a plain source. Each comes to an access,
//! of which either adapter makes a client in one line; it says where each value came from, and shows no secret.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error;

use auth_emulator::{Emulator, systems};
use auth_reqwest::ApiClient;
use auth_reqwest::clients::{PodstackClient, WatsonxClient};
use auth_reqwest::core::{Access, Env, settings::Profiles};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let emulator = Emulator::start().await?;
    let token = emulator.podstack().token();
    // A program takes `Env::process()`, and `Profiles::load` for the user's own config.
    let env = Env::of([
        ("DEMO_PODSTACK_URL", emulator.podstack().endpoint()),
        ("DEMO_PODSTACK_TOKEN", token.clone()),
        ("DEMO_WATSONX_URL", emulator.watsonx().url()),
        ("DEMO_IAM_URL", emulator.ibm().auth_url().to_owned()),
        ("DEMO_API_KEY", Emulator::API_KEY.to_owned()),
        ("DEMO_API_URL", emulator.api_url()),
        ("DEMO_TOKEN_URL", emulator.oauth().token_url()),
        ("DEMO_CLIENT_SECRET", systems::OAuth::CLIENT_SECRET.to_owned()),
    ]);
    // The file is this example's own, also for who stands in its folder: else it could name no variable.
    let profiles = Profiles::read(concat!(env!("CARGO_MANIFEST_DIR"), "/profiles.toml"), &env)?.trusted();
    println!("profiles: {}", profiles.names().collect::<Vec<_>>().join(", "));

    // None is named, here or by AUTHCTL_PROFILE: it is `default`.
    let access = profiles.access(None, &env)?;
    let lines = explained(&access);
    let email = PodstackClient::new(&access)?.whoami().await?.email;
    println!("default is {}: {email:?}\n{lines}", access.id());
    assert_eq!(email.as_deref(), Some(systems::Podstack::EMAIL));
    assert!(lines.contains("DEMO_PODSTACK_TOKEN") && !lines.contains(&token));

    let access = profiles.access(Some("generator"), &env)?;
    let generated = WatsonxClient::new(&access)?.generate(systems::Watsonx::MODEL_ID, "in profile").send().await?;
    println!("generator is {}: {:?}\n{}", access.id(), generated.text, explained(&access));
    assert_eq!(generated.text, "You said: profile in");

    let access = profiles.access(Some("plain"), &env)?;
    let whoami = ApiClient::new(&access)?.whoami().await?;
    println!("plain is {}: {:?}\n{}", access.id(), whoami.id, explained(&access));
    assert_eq!(whoami.id.as_deref(), Some(systems::OAuth::CLIENT_ID));

    let unknown = profiles.access(Some("genrator"), &env);
    let error = unknown.err().ok_or("an error was expected")?;
    println!("a slip: {error}");
    assert!(error.to_string().contains("default, generator, plain"));
    Ok(())
}

/// Without the settings that nobody gives.
fn explained(access: &Access) -> String {
    let set = access.explain().settings().iter().filter(|setting| setting.provenance().is_some());
    set.map(|setting| format!("  {setting}\n")).collect()
}

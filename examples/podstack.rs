//! Podstack from a profile of `~/.podstack/credentials`: who one is, the projects, and experiments of the registry, all with
//! the profile's project in `X-Project-ID`; a token that is revoked is an error that names the file and line to change.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error;
use std::fs;

use auth_emulator::{Emulator, systems};
use auth_reqwest::clients::{PodstackClient, PodstackRegistry};
use auth_reqwest::core::{Endpoint, Env, systems::Podstack};
use auth_reqwest::{ApiClient, ApiErrorKind};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let emulator = Emulator::start().await?;
    let (endpoint, token) = (emulator.podstack().endpoint(), emulator.podstack().token());
    let home = tempfile::tempdir()?;
    fs::create_dir(home.path().join(".podstack"))?;
    let file = format!(
        "[default]\napi_token = psk_of_somebody_else\n\n[work]\napi_token = {token}\nproject = {}\nendpoint = {endpoint}\n",
        systems::Podstack::PROJECT
    );
    fs::write(home.path().join(".podstack/credentials"), file)?;
    let at_home = home.path().to_str().ok_or("the temporary folder has an unusual name")?;

    // A program takes `Env::process()`; the profile may also be named by PODSTACK_PROFILE.
    let env = Env::of([("HOME", at_home), ("USERPROFILE", at_home)]);
    let access = Podstack::from_env(&env).profile_name("work").access()?;
    let client = PodstackClient::new(&access)?;

    let email = client.whoami().await?.email;
    println!("whoami: {email:?}");
    assert_eq!(email.as_deref(), Some(systems::Podstack::EMAIL));
    for project in client.projects().all().await? {
        println!("project {}: {:?}", project.id, project.name);
    }
    let registry = access.clone().with_endpoint(Endpoint::parse(&emulator.podstack().registry_url())?);
    let experiments = PodstackRegistry::with_client(ApiClient::new(&registry)?).experiments().all().await?;
    println!("{} experiment: {}", experiments.len(), experiments[0].id);
    let projects: Vec<_> = emulator.api_requests().iter().map(|got| got.header("x-project-id").is_some()).collect();
    assert_eq!((experiments.len(), projects), (1, vec![true; 3]));

    emulator.revoke_all();
    let error = client.whoami().await.err().ok_or("an error was expected")?;
    println!("after a revocation: {error}");
    assert_eq!(error.kind(), ApiErrorKind::Authentication);
    assert!(error.to_string().contains("credentials:5"), "the line of the token");
    Ok(())
}

//! No secret in what whoami, sources and doctor print, however they fail.

use auth_emulator::{Answer, Emulator, StatusCode};

use crate::hunt::Hunt;
use crate::rig::User;

/// A secret that no other text has a piece of, with characters that URLs write otherwise. Its name stands in it with gaps.
fn canary(name: &str) -> String {
    format!("c4n4ry/{}+Zq7==w", spelt(name))
}

/// The same for what has to look like a token.
fn canary_token(name: &str) -> String {
    format!("c4n4ry-{}-Zq7w", spelt(name))
}

fn spelt(name: &str) -> String {
    name.chars().flat_map(|letter| [letter, '7']).collect()
}

const COMMANDS: [&str; 9] = [
    "whoami",
    "whoami --offline",
    "whoami -o json",
    "sources",
    "sources --explain",
    "sources -o json --explain",
    "doctor",
    "doctor --json",
    "doctor --offline -vv",
];

async fn hunt(user: &User, arguments: &str, secrets: &[String]) {
    let hunt = Hunt::after(secrets.iter().map(|secret| (secret.as_str(), secret.as_str())));
    for command in COMMANDS {
        let ended = user.run(&format!("{command} {arguments}")).await;
        let said = ended.stdout.clone() + &ended.stderr;
        assert!(!said.is_empty(), "{command} {arguments}");
        hunt.check(&format!("{command} {arguments}"), &said);
    }
}

#[tokio::test]
async fn no_variable_of_a_system_is_shown() {
    let emulator = Emulator::start().await.unwrap();
    let names = [
        "PODSTACK_API_TOKEN",
        "PODSTACK_API_KEY",
        "IVCAP_JWT",
        "WATSONX_APIKEY",
        "WATSONX_API_KEY",
        "WATSONX_TOKEN",
        "WATSONX_CLIENT_SECRET",
        "IBM_APIKEY",
        "IBM_CLIENT_SECRET",
        "SKYFLOW_CREDENTIALS",
    ];
    let secrets: Vec<String> = names.iter().map(|name| canary_token(&name.to_lowercase())).collect();
    let mut user = names.iter().zip(&secrets).fold(User::new(), |user, (name, secret)| user.with(name, secret));
    let proxy = canary_token("proxy");
    for (name, value) in [
        ("PODSTACK_API_ENDPOINT", emulator.podstack().endpoint()),
        ("IVCAP_URL", emulator.ivcap().url()),
        ("WATSONX_URL", emulator.watsonx().url()),
        ("WATSONX_AUTH_URL", emulator.ibm().auth_url().to_owned()),
        ("WATSONX_CLIENT_ID", "a-client".to_owned()),
        ("IBM_URL", emulator.api_url()),
        ("IBM_AUTH_URL", emulator.ibm().auth_url().to_owned()),
        ("IBM_CLIENT_ID", "a-client".to_owned()),
        ("HTTPS_PROXY", format!("http://user:{proxy}@127.0.0.1:1")),
    ] {
        user = user.with(name, value);
    }
    let secrets: Vec<String> = secrets.into_iter().chain([proxy]).collect();
    for system in ["cape", "ibm", "ivcap", "podstack", "skyflow", "watsonx"] {
        hunt(&user, &format!("--system {system}"), &secrets).await;
    }
    hunt(&user, "", &secrets).await;
}

#[tokio::test]
async fn no_key_of_a_profile_is_shown_although_the_servers_repeat_it() {
    let emulator = Emulator::start().await.unwrap();
    let [key, client, token, session] = ["key", "client", "token", "session"].map(canary);
    let token = token.replace(['/', '+'], "-");
    let (api, url) = (emulator.api_url(), emulator.token_url());
    let config = format!(
        "[profile.default]\ntype = \"api_key\"\nendpoint = \"{api}\"\ntoken_url = \"{url}?key={key}\"\napi_key = \"{key}\"\nwhoami = \"/me\"\n\
         [profile.client]\ntype = \"client_credentials\"\nendpoint = \"{api}\"\ntoken_url = \"{url}\"\nclient_id = \"a\"\nclient_secret = \"{client}\"\n\
         [profile.token]\ntype = \"token\"\nendpoint = \"{api}\"\ntoken = \"{token}\"\nwhoami = \"/me\"\n\
         [profile.remote]\ntype = \"remote\"\nendpoint = \"{api}\"\ntoken_url = \"{url}\"\nsession = \"{session}\"\n\
         [profile.broken]\ntype = \"token\"\nendpoint = \"https://user:{key}@a.example\"\ntoken = \"{token}\"\n\
         [profile.mistaken]\ntype = \"{key}\"\nendpoint = \"{api}\"\n\
         [profile.misspelt]\ntype = \"token\"\nendpoint = \"{api}\"\ntoken = \"{token}\"\nkey = \"{key}\"\n"
    );
    let user = User::new().with_config(&config);
    let secrets = [key, client, token, session];
    for status in [StatusCode::OK, StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED, StatusCode::INTERNAL_SERVER_ERROR]
    {
        let said = secrets.join(" ");
        let body = serde_json::json!({
            "error": secrets[0], "error_description": said, "message": said, "email": secrets[2], "name": secrets[2],
        });
        emulator.token_faults().always(Answer::new(status).with_body("application/json", body.to_string()));
        // Who one is, in words of the system's own: of what it was sent it must not repeat anything, the rest is its own.
        let own =
            serde_json::json!({ "id": 7, "email": secrets[2], "name": format!("me: {}", secrets[2]), "key": said });
        let body = if status == StatusCode::OK { own } else { body };
        emulator.api_faults().always(Answer::new(status).with_body("application/json", body.to_string()));
        for profile in ["default", "client", "token", "remote", "broken", "mistaken", "misspelt"] {
            hunt(&user, &format!("--profile {profile}"), &secrets).await;
        }
    }
}

#[tokio::test]
async fn a_config_that_is_a_secret_is_not_shown() {
    let secret = canary("config");
    for config in [
        secret.clone(),
        format!("[profile.{secret}]\n"),
        format!("[profile.default]\n{secret} = 1\n"),
        format!("[profile.default]\ntoken = {secret}\n"),
    ] {
        hunt(&User::new().with_config(&config), "", std::slice::from_ref(&secret)).await;
    }
}

//! `authctl keys`.

use auth_emulator::Emulator;
use serde_json::{Value, json};

use crate::rig::{Ended, User};

/// A user with a profile of the emulated Skyflow, and what the management API is named by.
fn signed_in(emulator: &Emulator) -> (User, String) {
    let (vault, credentials) = (emulator.skyflow().vault_url(), emulator.skyflow().credentials_json());
    let config = format!(
        "[profile.vault]\nsystem = \"skyflow\"\nvault_url = \"{vault}\"\ncredentials = {}\n\
         [profile.cape]\nsystem = \"cape\"\ntoken = \"t\"\n",
        Value::from(credentials)
    );
    let user = User::new().with_config(&config);
    (user, format!("-p vault --management-url {}", emulator.skyflow().management_url()))
}

fn key(ended: &Ended) -> String {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let key = ended.stdout.strip_suffix('\n').unwrap();
    assert!(key.starts_with("sky-") && key.len() == 42, "{ended:?}");
    assert!(ended.stderr.contains("shown this once") && !ended.stderr.contains(key), "{ended:?}");
    key.to_owned()
}

#[tokio::test]
async fn a_key_is_created_disabled_enabled_rotated_and_deleted() {
    let emulator = Emulator::start().await.unwrap();
    let (user, there) = signed_in(&emulator);
    let created = user.run(&format!("keys {there} create -n reporting -d for-a-table -o json")).await;
    let issued: Value = serde_json::from_str(&created.stdout).unwrap();
    let text = |name: &str| issued[name].as_str().unwrap().to_owned();
    let (account, id, first) = (text("account_id"), text("key_id"), text("key"));
    assert!(created.stderr.contains(&account) && created.stderr.contains(&id) && !created.stderr.contains(&first));

    let second = key(&user.run(&format!("keys {there} create --account {account}")).await);
    assert_ne!(first, second);
    let list = user.run(&format!("keys {there} list {account} -o json")).await.data();
    let list: Value = serde_json::from_str(&list).unwrap();
    let other = list[1]["id"].as_str().unwrap();
    assert_eq!(list, json!([{"id": id, "status": "ENABLED"}, {"id": other, "status": "ENABLED"}]));

    let disabled = user.run(&format!("keys {there} disable {account} {id}")).await;
    assert_eq!((disabled.stdout.as_str(), disabled.stderr), ("", format!("Disabled API key {id}\n")));
    assert_eq!(vault(&emulator, &first).await, 401);
    let table = user.run(&format!("keys {there} list {account}")).await.data();
    let expect = format!(
        "\
┌──────────────────────────────────┬──────────┐
│ ID                               │ STATUS   │
├──────────────────────────────────┼──────────┤
│ {id} │ DISABLED │
│ {other} │ ENABLED  │
└──────────────────────────────────┴──────────┘
"
    );
    assert_eq!(table, expect);
    assert_eq!(user.run(&format!("keys {there} enable {account} {id}")).await.code, Some(0));
    assert_eq!(vault(&emulator, &first).await, 200);

    let rotated = key(&user.run(&format!("keys {there} rotate {account} {id}")).await);
    assert_eq!((vault(&emulator, &first).await, vault(&emulator, &rotated).await), (401, 200));
    assert_eq!(user.run(&format!("keys {there} delete {account} {other}")).await.code, Some(0));
    assert_eq!(vault(&emulator, &second).await, 401);
    user.run(&format!("keys {there} delete {account} {other}")).await.failed(1, &["404"]);
}

/// What the vault says to a key.
async fn vault(emulator: &Emulator, key: &str) -> u16 {
    use auth_emulator::systems::Skyflow;
    let url = format!("{}/v1/vaults/{}/{}", emulator.skyflow().vault_url(), Skyflow::VAULT_ID, Skyflow::TABLE);
    let url = format!("{url}?skyflow_ids={}", Skyflow::RECORD_ID);
    let request = reqwest::Client::new().get(url).bearer_auth(key);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_variable_counts_without_a_profile() {
    let emulator = Emulator::start().await.unwrap();
    let user = User::new().with("SKYFLOW_CREDENTIALS", emulator.skyflow().credentials_json());
    let there = format!("--management-url {}", emulator.skyflow().management_url());
    key(&user.run(&format!("keys create -n a {there}")).await);
}

#[tokio::test]
async fn what_makes_no_sense_is_said() {
    let emulator = Emulator::start().await.unwrap();
    let (user, there) = signed_in(&emulator);
    let refused = user.run("keys list a -p vault").await;
    refused.failed(3, &["--management-url"]);
    assert!(!refused.stderr.contains("SkyflowKeys"), "{refused:?}");
    user.run("keys list a -p cape").await.failed(2, &["the profile cape", "skyflow"]);
    user.run(&format!("keys {there} create")).await.failed(2, &["--name"]);
    user.run(&format!("keys {there} create -n a --account b")).await.failed(2, &["cannot be used with"]);
    user.run(&format!("keys {there} rotate a")).await.failed(2, &["<KEY>"]);
    user.run(&format!("keys {there} list no-such")).await.failed(1, &["404"]);
    let account = emulator.skyflow().credentials_json();
    let account: Value = serde_json::from_str(&account).unwrap();
    let account = account["clientID"].as_str().unwrap();
    user.run(&format!("keys {there} create --account {account}")).await.failed(1, &["403"]);
    User::new().run("keys list a").await.failed(3, &["SKYFLOW_CREDENTIALS"]);
}

#[tokio::test]
async fn nothing_that_is_said_holds_a_key() {
    let emulator = Emulator::start().await.unwrap();
    let (user, there) = signed_in(&emulator);
    let created = user.run(&format!("keys {there} -vv create -n a")).await;
    let made = created.stdout.trim_end();
    assert!(created.stderr.contains("auth_core") && made.starts_with("sky-"), "{created:?}");
    let mut secrets = emulator.issued_tokens();
    secrets.push(made.to_owned());
    for secret in &secrets {
        assert!(!created.stderr.contains(secret.as_str()), "{created:?}");
    }
    assert!(secrets.len() > 1);
}

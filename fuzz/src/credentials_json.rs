//! Skyflow's credentials.json, with a good key where the byte 0xFE is: nothing of it is said, and an assertion goes to a host of
//! the vendor's or to this machine only.

use std::sync::LazyLock;
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::systems::Skyflow;
use auth_core::systems::skyflow::{BearerToken, Credentials};
use auth_core::{Authenticator, Env, testing::ScriptedTransport};
use serde_json::Value;

use crate::canary::{check_debug, check_error, filled};

/// The key of the recordings, which was made for them, as a JSON string has it.
static KEY: LazyLock<String> = LazyLock::new(|| {
    let recording = include_str!("../../tests/data/wire/skyflow-v2-bearer-from-path.json");
    let recording: Value = serde_json::from_str(recording).expect("a recording");
    let key = recording["inputs"]["files"]["credentials.json"]["privateKey"].as_str().expect("a key");
    key.replace('\n', "\\n")
});

pub fn check(data: &[u8]) {
    let mut bytes = Vec::new();
    for byte in filled(data) {
        match byte {
            0xfe => bytes.extend_from_slice(KEY.as_bytes()),
            byte => bytes.push(byte),
        }
    }
    let Ok(text) = String::from_utf8(bytes) else { return };
    let given = Skyflow::new().credentials(text.as_str()).vault_url("https://a.vault.skyflowapis.com").access();
    if let Err(error) = &given {
        check_error(error);
    }
    let credentials = match Credentials::parse(text.as_str()) {
        Ok(credentials) => credentials,
        Err(error) => return check_error(&error),
    };
    check_debug(&credentials);
    if !text.contains('\0') {
        let env = Env::of([("SKYFLOW_CREDENTIALS", text.as_str())]);
        if let Err(error) = Skyflow::from_env(&env).access() {
            check_error(&error);
        }
    }
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    let builder = Authenticator::builder(BearerToken::new(credentials)).anywhere().transport(server.clone());
    let auth = builder.runtime(clock.clone()).build().expect("an authenticator");
    let asked = clock.block_on_within(Duration::from_secs(600), auth.token(Duration::ZERO));
    drop(asked);
    for request in server.requests() {
        let host = request.uri().host().unwrap_or_default();
        let vendors = ["skyflowapis.com", "skyflowapis-preview.com"]
            .iter()
            .any(|domain| host.strip_suffix(domain).is_some_and(|labels| labels.len() > 1 && labels.ends_with('.')));
        let local = ["localhost", "[::1]"].contains(&host) || host.starts_with("127.");
        assert!(vendors || local, "{}", request.uri());
        assert!(local || request.uri().scheme_str() == Some("https"), "{}", request.uri());
    }
}

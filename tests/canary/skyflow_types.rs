//! The rows of the table for Skyflow, and for the two sources that came with it.

use std::time::Duration;

use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::{EnvToken, PersonalToken, Remote};
use auth_core::systems::Skyflow;
use auth_core::systems::skyflow::{BearerToken, Credentials, DataTokens, VaultEnv};
use auth_core::{Env, ErrorKind, testing::ScriptedTransport};
use http::header::COOKIE;
use serde_json::{Value, json};

use super::secrets;
use super::stage::{HOUR, builder};
use super::table::{Table, show};

const RECORDING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/wire/skyflow-v2-bearer-from-path.json");

/// A credentials.json whose ids are canaries too, and its key's text.
pub(super) fn credentials() -> (String, String) {
    let recording: Value = serde_json::from_str(&std::fs::read_to_string(RECORDING).unwrap()).unwrap();
    let mut json = recording["inputs"]["files"]["credentials.json"].clone();
    json["clientID"] = secrets::FORM_VALUE.into();
    json["keyID"] = secrets::PASSWORD.into();
    let pem = json["privateKey"].as_str().unwrap();
    let key = pem.lines().filter(|line| !line.starts_with('-')).collect();
    (json.to_string(), key)
}

pub(super) fn show(table: &mut Table) {
    let (json, key) = credentials();
    table.hunt_for(key);
    let credentials = Credentials::parse(json.clone()).unwrap();
    let tokens = BearerToken::new(credentials.clone()).roles([secrets::FILE_CONTENT]).unwrap();
    let tokens = tokens.ctx(json!({"user": secrets::EXTRA_HEADER})).unwrap();
    show!(table, credentials, tokens, BearerToken::from_file("credentials.json"), VaultEnv::Sandbox);

    let clock = FakeRuntime::new();
    let signer = DataTokens::new(credentials).ctx(secrets::EXTRA_HEADER).unwrap().runtime(clock.clone());
    let signed = clock.block_on(signer.sign(["token-of-data"])).unwrap().remove(0);
    // Without its prefix, which honest words share eight bytes with.
    table.hunt_for(signed.signed().expose().strip_prefix("signed_token_").unwrap().to_owned());
    show!(table, signer, signed);

    let api_key = "sky-a1B2c-D3e4F5g6H7i8J9k0L1m2N3o4P5q6R7s8";
    table.hunt_for(api_key.to_owned());
    let skyflow = Skyflow::from_env(&Env::of([("SKYFLOW_CREDENTIALS", &json)])).vault_url("https://a.example.com");
    let access = skyflow.access().unwrap();
    show!(table, skyflow, skyflow.clone().credentials(json), skyflow.clone().token(secrets::ACCESS_TOKEN));
    show!(table, skyflow.api_key(api_key), access, *access.explain());

    let backend = TokenEndpoint::parse(&format!("https://b.example.com/t?key={}", secrets::QUERY_SECRET)).unwrap();
    let remote = Remote::new(backend.clone()).session(COOKIE, format!("s={}", secrets::PASSWORD)).unwrap();
    let bearer = Remote::new(backend).post().bearer_session(secrets::NEXT_TOKEN).unwrap();
    let given = PersonalToken::new(secrets::ACCESS_TOKEN).unwrap().audience("cape-api").leeway(HOUR).allow_opaque();
    let variable = PersonalToken::from_source(EnvToken::of(Env::of([("PAT", secrets::ENV_VALUE)]), "PAT"));
    show!(table, remote, bearer, given, given.handle(), variable);
    errors(table, remote);
}

/// A backend that answers with what it was sent, and with what is its own.
fn errors(table: &mut Table, remote: Remote) {
    let body = json!({"error": "denied", "error_description": format!("bad session s={}", secrets::PASSWORD)});
    let kinds = [(401, ErrorKind::InteractionRequired), (403, ErrorKind::Rejected), (200, ErrorKind::Rejected)];
    for (status, kind) in kinds {
        let (server, runtime) = (ScriptedTransport::new(), FakeRuntime::new());
        server.answer(status, body.to_string());
        let auth = builder(&runtime, super::stage::Issuer::default(), remote.clone()).transport(server.clone());
        let error = runtime.block_on(auth.build().unwrap().token(Duration::ZERO)).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        show!(table, error, server);
    }
}

//! auth-core's rows for keys that sign: Skyflow's service accounts, and what is made with their keys.

use auth_core::runtime::FakeRuntime;
use auth_core::signer::Algorithm;
use auth_core::systems::skyflow::{BearerToken, Credentials, DataTokens};
use auth_emulator::systems::SigningAlgorithm;
use http::StatusCode;
use serde_json::Value;

use super::secrets;
use super::stage::{Issuer, answer, builder};
use super::table::{Table, show};

pub(super) fn show(table: &mut Table) {
    show!(table, Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa);
    table.silent("auth-core::Signer", "a trait: its implementations have rows of their own");
    let pem = key(table);
    let json = |change: fn(&mut Value)| {
        let mut json = serde_json::json!({
            "clientID": "client",
            "keyID": "key",
            "tokenURI": format!("https://manage.skyflowapis.com/token?key={}", secrets::QUERY_SECRET),
            "privateKey": pem,
        });
        change(&mut json);
        json.to_string()
    };
    let credentials = Credentials::parse(json(|_| {})).unwrap();
    let bearer = BearerToken::new(credentials.clone()).ctx(secrets::FORM_VALUE).unwrap();
    show!(table, credentials, bearer, BearerToken::from_file("/etc/credentials.json"));

    let tokens = DataTokens::new(credentials).ctx(secrets::FORM_VALUE).unwrap().runtime(FakeRuntime::new());
    let runtime = FakeRuntime::new();
    let signed = runtime.block_on(tokens.sign(["data-token"])).unwrap().remove(0);
    let jwt = signed.signed().expose().to_owned();
    // The header is everybody's, and the claims are the caller's.
    table.hunt_for(jwt.rsplit('.').next().unwrap().to_owned());
    show!(table, tokens, signed, runtime.block_on(tokens.sign([""])).unwrap_err());

    broken(table, &[json(|json| json["privateKey"] = secrets::FILE_CONTENT.into())]);
    broken(table, &[json(|json| json["privateKey"] = Value::Array(vec![secrets::FILE_CONTENT.into()]))]);
    broken(table, &[json(|json| json["tokenURI"] = format!("https://h/{}", secrets::QUERY_SECRET).into())]);
    broken(table, &[json(|json| json["clientID"] = format!("{} ", secrets::API_KEY).into())]);
    let cut = json(|_| {});
    broken(table, &[cut[..cut.len() - 5].to_owned(), secrets::FILE_CONTENT.to_owned(), pem.clone()]);
    refused(table, bearer);
}

/// A private key, whose text is hunted for from here on.
fn key(table: &mut Table) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let pem = runtime.block_on(async {
        let emulator = auth_emulator::Emulator::start().await.unwrap();
        emulator.oauth().register_client_key(SigningAlgorithm::Rs256).private_key_pem().to_owned()
    });
    // Its first bytes are those of every such key.
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    table.hunt_for(body[64..].to_owned());
    pem
}

fn broken(table: &mut Table, texts: &[String]) {
    for text in texts {
        show!(table, Credentials::parse(text.as_str()).unwrap_err());
    }
}

/// By a server that repeats the assertion.
fn refused(table: &mut Table, bearer: BearerToken) {
    let runtime = FakeRuntime::new();
    let says = serde_json::json!({ "error": { "message": secrets::QUERY_SECRET, "http_code": 400 } });
    let issuer = Issuer::default().then(answer(StatusCode::BAD_REQUEST, says.to_string()));
    let auth = builder(&runtime, issuer.clone(), bearer.clone()).build().unwrap();
    show!(table, runtime.block_on(auth.warm_up()).unwrap_err());
    let sent: Value = serde_json::from_slice(issuer.seen()[0].body()).unwrap();
    let assertion = sent["assertion"].as_str().unwrap().to_owned();
    table.hunt_for(assertion.rsplit('.').next().unwrap().to_owned());
    for text in [assertion.clone(), format!("can't verify {assertion}"), assertion[..40].to_owned()] {
        let says = serde_json::json!({ "error": { "message": text, "http_code": 400 } });
        let issuer = Issuer::default().then(answer(StatusCode::BAD_REQUEST, says.to_string()));
        let auth = builder(&runtime, issuer, bearer.clone()).build().unwrap();
        let error = runtime.block_on(auth.warm_up()).unwrap_err();
        show!(table, error, auth.status());
    }
}

//! auth-core's rows for Cape, IVCAP, Podstack and Skyflow, and for the sources that they are made of.

use std::fs;
use std::time::Duration;

use auth_core::exchange::TokenEndpoint;
use auth_core::settings::{Profile, Value};
use auth_core::sources::{Injected, PersonalToken, Remote, StaticToken};
use auth_core::systems::skyflow::VaultEnv;
use auth_core::systems::{Cape, Ivcap, Podstack, Skyflow, reference};
use auth_core::{Access, Env, Error, testing::ScriptedTransport};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderName, StatusCode};

use super::secrets;
use super::stage::{Issuer, answer, builder};
use super::table::{Table, show};

pub(super) fn show(table: &mut Table) {
    personal_token(table);
    remote(table);
    podstack(table);
    ivcap(table);
    cape(table);
    skyflow(table);
    show!(table, reference()[0].1, VaultEnv::Sandbox);
    let server = ScriptedTransport::new();
    server.answer(200, secrets::ANSWER);
    show!(table, server);
}

/// A JWT with these claims, signed by the canary.
fn jwt(claims: &str) -> String {
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    format!("{}.{}.{}", part(r#"{"alg":"HS256"}"#), part(claims), secrets::ACCESS_TOKEN)
}

/// What a source's first fetch comes to.
fn refused(source: impl auth_core::TokenSource, issuer: Issuer) -> Error {
    let runtime = auth_core::runtime::FakeRuntime::new();
    let auth = builder(&runtime, issuer, source).build().unwrap();
    runtime.block_on(auth.warm_up()).unwrap_err()
}

fn personal_token(table: &mut Table) {
    let given = PersonalToken::new(jwt(r#"{"aud":"cape-api"}"#)).unwrap().audience("cape-api");
    let over = PersonalToken::from_source(StaticToken::new(secrets::ACCESS_TOKEN).unwrap()).leeway(Duration::ZERO);
    show!(table, given, given.handle(), over, PersonalToken::new(format!("'{}'", secrets::ACCESS_TOKEN)).unwrap_err());
    show!(table, refused(over, Issuer::default()));
    for claims in [r#"{"exp":1}"#, r#"{"nbf":99999999999}"#, r#"{"aud":"other"}"#, r#"{"aud":7}"#, "{", "{}"] {
        let token = PersonalToken::new(jwt(claims)).unwrap().audience("cape-api");
        show!(table, refused(token, Issuer::default()));
    }
}

fn remote(table: &mut Table) {
    let url = format!("https://shop.example.com/token?key={}", secrets::QUERY_SECRET);
    let remote = || Remote::new(TokenEndpoint::parse(&url).unwrap());
    let cookie = || HeaderName::from_static("cookie");
    let session = || remote().session(cookie(), format!("id={}", secrets::EXTRA_HEADER)).unwrap();
    let bearer = || remote().post().bearer_session(secrets::PASSWORD).unwrap();
    show!(table, remote(), session(), bearer());
    show!(table, remote().session(cookie(), format!("{}\n", secrets::EXTRA_HEADER)).unwrap_err());
    show!(table, remote().bearer_session(format!("Bearer {}", secrets::PASSWORD)).unwrap_err());
    // A backend that repeats whatever it was sent, and an answer that is none.
    for status in [200, 302, 400, 401, 403, 404, 500] {
        for repeated in [secrets::EXTRA_HEADER, secrets::PASSWORD, secrets::QUERY_SECRET] {
            let says = serde_json::json!({ "error": repeated, "error_description": format!("no: {repeated}") });
            let texts = [says.to_string(), format!("\"{repeated}"), format!("<p>{repeated} {}</p>", secrets::ANSWER)];
            for text in texts {
                let reply = || Issuer::default().then(answer(StatusCode::from_u16(status).unwrap(), text.clone()));
                show!(table, refused(session(), reply()), refused(bearer(), reply()));
            }
        }
    }
    let expired = serde_json::json!({ "accessToken": jwt(r#"{"exp":1}"#) }).to_string();
    show!(table, refused(session(), Issuer::default().then(answer(StatusCode::OK, expired))));
}

/// An access, with all that it says of itself; or the refusal.
fn outcome(table: &mut Table, access: Result<Access, Error>, expect: bool) {
    assert_eq!(access.is_ok(), expect, "{access:?}");
    match access {
        Ok(access) => {
            show!(table, *access.explain(), access, access.builder());
        }
        Err(error) => {
            show!(table, error);
        }
    }
}

/// The URLs that a system may be given by mistake.
fn hostile() -> [String; 3] {
    let (password, query) = (secrets::PASSWORD, secrets::QUERY_SECRET);
    [format!("https://u:{password}@h.example"), format!("https://h.example?key={query}"), query.to_owned()]
}

/// A profile with this key, whose value is a canary.
fn profile(key: &str, value: &str) -> Profile {
    let mut profile = Profile::new("p", "/etc/config.toml", false);
    profile.insert(key, Value::Literal(value.into()), Some(3));
    profile
}

fn podstack(table: &mut Table) {
    let given = || Podstack::new().token(secrets::ACCESS_TOKEN).project("p-1");
    let env = Env::of([("PODSTACK_API_TOKEN", secrets::ENV_VALUE)]);
    show!(
        table,
        given(),
        Podstack::from_env(&env),
        Podstack::from_profile(profile("api_token", secrets::FILE_CONTENT), &env)
    );
    outcome(table, given().access(), true);
    outcome(table, Podstack::from_env(&env).access(), true);
    outcome(table, Podstack::from_profile(profile("api_token", secrets::FILE_CONTENT), &Env::empty()).access(), true);
    outcome(table, Podstack::new().token(format!("\"{}\"", secrets::ACCESS_TOKEN)).access(), false);
    outcome(table, given().project(format!("{}\n", secrets::EXTRA_HEADER)).access(), false);
    for url in hostile() {
        outcome(table, given().endpoint(&url).access(), false);
    }
}

fn ivcap(table: &mut Table) {
    let given = || Ivcap::new().url("https://h.example").token(secrets::ACCESS_TOKEN);
    let env = Env::of([("IVCAP_URL", "https://h.example"), ("IVCAP_JWT", secrets::ENV_VALUE)]);
    let sourced = Ivcap::new().source(StaticToken::new(secrets::NEXT_TOKEN).unwrap()).account("urn:ivcap:account:1");
    show!(table, given(), Ivcap::from_env(&env), sourced);
    outcome(table, given().access(), true);
    outcome(table, Ivcap::from_env(&env).access(), true);
    outcome(table, sourced.url("https://h.example").access(), true);
    outcome(table, Ivcap::from_profile(profile("token", secrets::FILE_CONTENT), &env).access(), true);
    outcome(table, given().account(secrets::EXTRA_HEADER).access(), false);
    outcome(table, given().token(format!("Bearer {}", secrets::ACCESS_TOKEN)).access(), false);
    for url in hostile() {
        outcome(table, given().url(&url).access(), false);
    }
    for url in hostile() {
        let injected = Injected::of(Env::of([("ACME_BASE_URL", url)]), "ACME_BASE_URL");
        show!(table, injected.endpoint().unwrap_err(), refused(injected.clone(), Issuer::default()), injected);
    }
    let inside = Env::of([("IVCAP_BASE_URL", "http://ivcap.local"), ("IVCAP_JWT", secrets::ENV_VALUE)]);
    outcome(table, Ivcap::from_env(&inside).access(), true);
    outcome(table, Ivcap::from_env(&inside).token(secrets::ACCESS_TOKEN).access(), false);
}

fn cape(table: &mut Table) {
    let given = || Cape::new().token(jwt(r#"{"aud":"cape-api"}"#));
    show!(table, given(), Cape::from_profile(profile("token", secrets::FILE_CONTENT), &Env::empty()));
    outcome(table, given().access(), true);
    outcome(table, given().runtime(), true);
    outcome(table, Cape::new().token(format!("<{}>", secrets::ACCESS_TOKEN)).access(), false);
    for url in hostile() {
        outcome(table, given().host(&url).access(), false);
    }
    // The login of the command line client, good and broken.
    let home = std::env::temp_dir().join(format!("auth-tests-canary-cape-{}", std::process::id()));
    fs::create_dir_all(home.join(".config/cape")).unwrap();
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let env = Env::of([(name, home.to_str().unwrap())]);
    let secret = secrets::FILE_CONTENT;
    for (text, is_good) in [
        (format!("{{\"access_token\":\"{secret}\"}}"), true),
        (format!("{{\"access_token\":\"{secret}"), false),
        (format!("{{\"access_token\":[\"{secret}\"]}}"), false),
        (format!("{{\"access_token\":\"'{secret}'\"}}"), true),
        (secret.to_owned(), false),
    ] {
        fs::write(home.join(".config/cape/auth"), text).unwrap();
        let access = Cape::from_env(&env).access();
        if let Ok(access) = &access {
            let runtime = auth_core::runtime::FakeRuntime::new();
            let auth = access.builder().runtime(runtime.clone()).build().unwrap();
            // Looked at when it is needed: the quoted one is refused then.
            let fetched = runtime.block_on(auth.warm_up());
            show!(table, auth);
            if let Err(error) = fetched {
                show!(table, error);
            }
        }
        outcome(table, access, is_good);
    }
    fs::remove_dir_all(home).unwrap();
}

fn skyflow(table: &mut Table) {
    let given = || Skyflow::new().cluster_id("ab12cd34");
    let api_key = "sky-ab123-7d1e6f04c2b95a83e1f60d7c48a2b39e";
    table.hunt_for(api_key[10..].to_owned());
    let with_key = given().api_key(api_key);
    let with_text = given().credentials(secrets::FILE_CONTENT).ctx(secrets::FORM_VALUE);
    show!(table, with_key, with_text, given().token(secrets::ACCESS_TOKEN).vault_url(&*hostile()[0]));
    outcome(table, with_key.access(), true);
    outcome(table, with_key.clone().connection_url("https://h.example/v1").connection(), true);
    outcome(table, given().token(secrets::ACCESS_TOKEN).access(), true);
    outcome(table, with_text.access(), false);
    outcome(table, given().token(api_key).access(), false);
    outcome(table, given().api_key(secrets::API_KEY).access(), false);
    outcome(table, given().credentials_path("/nowhere/credentials.json").access(), false);
    outcome(table, given().token(format!("'{}'", secrets::ACCESS_TOKEN)).access(), false);
    outcome(table, given().token(secrets::ACCESS_TOKEN).api_key(api_key).access(), false);
    outcome(
        table,
        Skyflow::new().token(secrets::ACCESS_TOKEN).cluster_id(secrets::PASSWORD.to_owned() + "/").access(),
        false,
    );
    let env = Env::of([("SKYFLOW_CREDENTIALS", secrets::ENV_VALUE)]);
    outcome(table, Skyflow::from_env(&env).cluster_id("ab12cd34").access(), false);
    for key in ["credentials", "api_key"] {
        outcome(table, Skyflow::from_profile(profile(key, secrets::FILE_CONTENT), &Env::empty()).access(), false);
    }
    for url in hostile() {
        outcome(table, Skyflow::new().token(secrets::ACCESS_TOKEN).vault_url(&*url).access(), false);
        outcome(table, with_key.clone().connection_url(&url).connection(), false);
    }
}

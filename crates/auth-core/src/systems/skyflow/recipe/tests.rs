//! Which credential and which endpoint win, and what is refused.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use serde_json::json;

use super::*;
use crate::adapter::{Attach, Sent};
use crate::runtime::FakeRuntime;
use crate::settings::Value as Entry;
use crate::signer::Algorithm;
use crate::signer::test_keys::{key, pem, verified};
use crate::sources::StaticToken;
use crate::{ErrorKind, testing::ScriptedTransport};

const KEY: &str = "sky-ab123-0123456789abcdef0123456789abcdef";
const VAULT: &str = "https://ab12.vault.skyflowapis.com";

fn credentials(key_id: &str) -> String {
    let uri = "https://manage.skyflowapis.com/v1/auth/sa/oauth/token";
    json!({"clientID": "cid", "keyID": key_id, "tokenURI": uri, "privateKey": pem(Algorithm::Rs256)}).to_string()
}

fn profile(values: &[(&str, &str)], nearby: bool) -> Profile {
    let mut profile = Profile::new("prod", "/users/u/.config/authctl/config.toml", nearby);
    for (line, (key, value)) in values.iter().enumerate() {
        profile.insert(*key, Entry::Literal(Secret::new(*value)), Some(line + 1));
    }
    profile
}

fn none() -> Env {
    Env::of::<&str, &str>([])
}

/// The headers of a request, and the requests for tokens that were needed.
fn attached(access: &Access) -> (HeaderMap, Vec<http::Request<bytes::Bytes>>) {
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    server.answer(200, r#"{"accessToken":"minted","tokenType":"Bearer"}"#);
    let auth = access.builder().transport(server.clone()).runtime(clock.clone()).build().unwrap();
    clock.block_on(auth.warm_up()).unwrap();
    let mut headers = HeaderMap::new();
    let uri = access.endpoint().join("/v1/x").unwrap();
    assert!(matches!(auth.attach(&uri, &mut headers).unwrap(), Attach::Ready(Sent::With { .. })));
    (headers, server.requests())
}

fn header(access: &Access) -> String {
    attached(access).0["authorization"].to_str().unwrap().to_owned()
}

/// The `key` claim of the assertion: which credentials.json was used.
fn signed_with(access: &Access) -> String {
    let (_, requests) = attached(access);
    let body: Value = serde_json::from_slice(requests[0].body()).unwrap();
    verified(Algorithm::Rs256, body["assertion"].as_str().unwrap()).1["key"].as_str().unwrap().to_owned()
}

fn message(error: &Error) -> String {
    let message = error.to_string();
    assert!(message.len() < 300 && !message.contains("0123456789"), "{message}");
    message
}

#[test]
fn an_argument_comes_before_the_variable_and_that_before_the_profile() {
    let env = Env::of([("SKYFLOW_CREDENTIALS", credentials("variable"))]);
    let profile = || profile(&[("credentials", &credentials("profile")), ("vault_url", VAULT)], false);
    let key_of = |skyflow: Skyflow| signed_with(&skyflow.access().unwrap());
    assert_eq!(key_of(Skyflow::from_profile(profile(), &env).credentials(credentials("argument"))), "argument");
    assert_eq!(key_of(Skyflow::from_profile(profile(), &env)), "variable");
    assert_eq!(key_of(Skyflow::from_profile(profile(), &none())), "profile");
    assert_eq!(
        key_of(Skyflow::from_profile(profile(), &env).credentials("").api_key("")),
        "variable",
        "empty is unset"
    );
    assert_eq!(key_of(Skyflow::from_env(&env).cluster_id("ab12")), "variable");
    let unset = Skyflow::new().vault_url(VAULT).access().unwrap_err();
    assert_eq!(unset.kind(), ErrorKind::Unavailable);
    for name in ["credentials_path", "`credentials`", "`token`", "`api_key`", "SKYFLOW_CREDENTIALS"] {
        assert!(message(&unset).contains(name), "{unset}");
    }
}

#[test]
fn exactly_one_kind_of_credential_may_be_given_in_one_place() {
    let error = Skyflow::new().token("t").api_key(KEY).vault_url(VAULT).access().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(message(&error).contains("`token` and `api_key`"), "{error}");
    let account = Credentials::with_signer("c", "k", "https://a.example.com/t", key(Algorithm::Rs256)).unwrap();
    let error = Skyflow::new().account(account).credentials_path("x").vault_url(VAULT).access().unwrap_err();
    assert!(message(&error).contains("`credentials_path` and `account`"), "{error}");
    let error = Skyflow::new().source(StaticToken::new("t").unwrap()).token("t").vault_url(VAULT).access().unwrap_err();
    assert!(message(&error).contains("`token` and `source`"), "{error}");
    let both = profile(&[("api_key", KEY), ("token", "t"), ("vault_url", VAULT)], false);
    let error = Skyflow::from_profile(both.clone(), &none()).access().unwrap_err();
    assert!(message(&error).contains("`token` and `api_key`") && message(&error).contains("config.toml"), "{error}");
    assert_eq!(header(&Skyflow::from_profile(both, &none()).token("mine").access().unwrap()), "Bearer mine");
}

#[test]
fn an_api_key_and_a_token_go_as_bearer_and_a_connection_gets_them_raw() {
    for (skyflow, value) in [(Skyflow::new().api_key(KEY), KEY), (Skyflow::new().token("tok"), "tok")] {
        let (headers, requests) = attached(&skyflow.clone().vault_url(VAULT).access().unwrap());
        assert_eq!(headers["authorization"], format!("Bearer {value}"));
        assert_eq!((headers.len(), requests.len()), (1, 0));
        let (headers, _) =
            attached(&skyflow.connection_url("https://ab12.gateway.skyflowapis.com/v1/gateway").connection().unwrap());
        assert_eq!(headers["x-skyflow-authorization"], value);
        assert!(headers["x-skyflow-authorization"].is_sensitive());
        assert_eq!(headers.len(), 1);
    }
    let minted = Skyflow::new()
        .credentials(credentials("k"))
        .connection_url("https://gateway.example.com")
        .connection()
        .unwrap();
    assert_eq!(attached(&minted).0["x-skyflow-authorization"], "minted");
    let from_a_profile = profile(&[("api_key", KEY), ("connection_url", "https://gateway.example.com/x")], false);
    let access = Skyflow::from_profile(from_a_profile, &none()).connection().unwrap();
    assert_eq!(access.endpoint().to_string(), "https://gateway.example.com/x");
    assert!(message(&Skyflow::new().api_key(KEY).connection().unwrap_err()).contains("connection_url"));
}

#[test]
fn a_credential_of_another_kind_is_told_where_it_belongs() {
    let error = |skyflow: Skyflow| message(&skyflow.vault_url(VAULT).access().unwrap_err());
    assert!(error(Skyflow::new().token(KEY)).contains("`api_key`"));
    assert!(error(Skyflow::new().api_key("eyJhbGciOiJIUzI1NiJ9.e30.c2ln")).contains("`token`"));
    let env = Env::of([("SKYFLOW_CREDENTIALS", KEY)]);
    let in_the_variable = error(Skyflow::from_env(&env));
    assert!(in_the_variable.contains("SKYFLOW_CREDENTIALS") && in_the_variable.contains("`api_key`"));
    let env = Env::of([("SKYFLOW_CREDENTIALS", "/etc/credentials.json")]);
    assert!(error(Skyflow::from_env(&env)).contains("not JSON (line 1)"));
    assert!(error(Skyflow::new().credentials_path("/nowhere/credentials.json")).contains("`credentials_path`"));
    assert!(error(Skyflow::new().token("Bearer t")).contains("the argument `token`"));
}

#[test]
fn an_expired_token_is_an_error_before_a_request() {
    let clock = FakeRuntime::new();
    let jwt = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"exp":1000}"#));
    let access = Skyflow::new().token(jwt).vault_url(VAULT).access().unwrap();
    let auth = access.builder().runtime(clock.clone()).build().unwrap();
    let error = clock.block_on(auth.token(Duration::ZERO)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ExpiredOnArrival);
    assert!(message(&error).contains("1970-01-01T00:16:40Z"), "{error}");
}

#[test]
fn roles_and_a_context_are_refused_where_they_restrict_nothing() {
    for skyflow in
        [Skyflow::new().api_key(KEY), Skyflow::new().token("t"), Skyflow::new().source(StaticToken::new("t").unwrap())]
    {
        let error = skyflow.clone().roles(["r1"]).vault_url(VAULT).access().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(message(&error).contains("`roles`"), "{error}");
        let error = skyflow.clone().ctx("user").vault_url(VAULT).access().unwrap_err();
        assert!(message(&error).contains("`ctx`"), "{error}");
        assert!(skyflow.roles([""]).ctx(json!({})).vault_url(VAULT).access().is_ok());
    }
    let error = Skyflow::new().credentials(credentials("k")).ctx(json!({"a b": 1})).vault_url(VAULT).access();
    assert!(message(&error.unwrap_err()).contains("[a-zA-Z0-9_]+"));
}

#[test]
fn a_profile_has_roles_and_a_context_too() {
    let values =
        [("credentials", &credentials("k")[..]), ("roles", "r1, r2"), ("ctx", r#"{"n":3}"#), ("vault_url", VAULT)];
    let access = Skyflow::from_profile(profile(&values, false), &none()).access().unwrap();
    let (_, requests) = attached(&access);
    let body: Value = serde_json::from_slice(requests[0].body()).unwrap();
    assert_eq!(body["scope"], "role:r1 role:r2");
    assert_eq!(verified(Algorithm::Rs256, body["assertion"].as_str().unwrap()).1["ctx"], json!({"n": 3}));
    let empty = Skyflow::from_profile(profile(&values, false), &none()).roles([""]).ctx("");
    let (_, requests) = attached(&empty.access().unwrap());
    let body: Value = serde_json::from_slice(requests[0].body()).unwrap();
    assert_eq!(body["scope"], "role:r1 role:r2", "empty counts as unset");
    let broken = [("credentials", &credentials("k")[..]), ("ctx", "{"), ("vault_url", VAULT)];
    assert!(message(&Skyflow::from_profile(profile(&broken, false), &none()).access().unwrap_err()).contains("ctx"));
}

#[test]
fn a_vault_is_a_url_or_a_cluster() {
    let vault = |skyflow: Skyflow| skyflow.api_key(KEY).access().map(|access| access.endpoint().to_string());
    assert_eq!(vault(Skyflow::new().vault_url("https://h/p/")).unwrap(), "https://h/p");
    assert_eq!(vault(Skyflow::new().cluster_id("ab12")).unwrap(), VAULT);
    let sandbox = Skyflow::new().cluster_id("ab12").env(VaultEnv::Sandbox);
    assert_eq!(vault(sandbox).unwrap(), "https://ab12.vault.skyflowapis-preview.com");
    let of = |values: &[(&str, &str)]| Skyflow::from_profile(profile(values, false), &none());
    assert_eq!(vault(of(&[("vault_url", "https://h")]).cluster_id("ab12")).unwrap(), VAULT);
    assert_eq!(vault(of(&[("vault_url", "https://h"), ("cluster_id", "ab12")])).unwrap(), "https://h");
    let preview = "https://x.vault.skyflowapis-preview.com";
    assert_eq!(vault(of(&[("cluster_id", "x"), ("env", "SANDBOX")])).unwrap(), preview);
    assert_eq!(
        vault(of(&[("cluster_id", "x"), ("env", "SANDBOX")]).env(VaultEnv::Prod)).unwrap(),
        "https://x.vault.skyflowapis.com"
    );
    assert_eq!(vault(Skyflow::new()).unwrap_err().kind(), ErrorKind::Unavailable);
    for bad in ["evil.example/", "a.b", "a@b", "", "ä"] {
        assert!(vault(Skyflow::new().cluster_id(bad)).is_err(), "{bad}");
    }
    assert!(
        vault(Skyflow::new().vault_url("https://h").cluster_id("x")).unwrap_err().to_string().contains("cluster_id")
    );
    let env = vault(of(&[("cluster_id", "x"), ("env", "moon")])).unwrap_err();
    assert!(message(&env).contains("config.toml:2") && message(&env).contains("sandbox"), "{env}");
}

#[test]
fn a_credential_does_not_follow_an_endpoint_from_the_working_directory() {
    let env = Env::of([("SKYFLOW_CREDENTIALS", credentials("k"))]);
    let nearby = || profile(&[("vault_url", "https://evil.example")], true);
    let error = Skyflow::from_profile(nearby(), &env).access().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(message(&error).contains("config.toml:1") && message(&error).contains("SKYFLOW_CREDENTIALS"), "{error}");
    assert!(Skyflow::from_profile(nearby(), &env).allow_nearby_endpoint().access().is_ok());
    assert!(Skyflow::from_profile(nearby(), &env).vault_url(VAULT).access().is_ok());
    let whole = profile(&[("vault_url", VAULT), ("api_key", KEY)], true);
    assert!(Skyflow::from_profile(whole, &none()).access().is_ok(), "both are of the same file");
}

#[test]
fn a_path_of_a_profile_starts_from_its_folder_and_permissions_are_noted() {
    let folder = std::env::temp_dir().join(format!("auth-core-skyflow-recipe-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("credentials.json"), credentials("k")).unwrap();
    let mut profile = Profile::new("prod", folder.join("config.toml"), false);
    profile.insert("credentials_path", Entry::Literal(Secret::new("credentials.json")), Some(2));
    let from_a_profile = Skyflow::from_profile(profile, &none()).vault_url(VAULT).access().unwrap();
    assert_eq!(signed_with(&from_a_profile), "k");
    let relative =
        Skyflow::from_env(&none().in_directory(&folder)).credentials_path("credentials.json").vault_url(VAULT);
    let access = relative.access().unwrap();
    assert_eq!(signed_with(&access), "k");
    let explained = access.explain().to_string();
    assert!(explained.contains("the argument `credentials_path`") && !explained.contains("PRIVATE"), "{explained}");
    if cfg!(unix) {
        assert!(explained.contains("chmod 600"), "{explained}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[cfg(feature = "profiles")]
#[test]
fn a_profile_of_the_config_selects_a_vault_or_a_connection() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "[profile.vault]\nsystem = \"skyflow\"\ncluster_id = \"ab12\"\ncredentials_path = \"sa.json\"\nroles = [\"r1\", \"r2\"]\n\
         [profile.gateway]\nsystem = \"skyflow\"\napi_key = \"{KEY}\"\nconnection_url = \"https://gateway.example.com/x\"\n\
         [profile.typo]\nsystem = \"skyflow\"\nrole = \"r1\"\n"
    );
    let path = folder.path().join("config.toml");
    std::fs::write(&path, text).unwrap();
    std::fs::write(folder.path().join("sa.json"), credentials("of-a-file")).unwrap();
    let profiles = crate::settings::Profiles::read(&path, &none().in_directory("/nowhere")).unwrap();
    let access = |name| profiles.access(Some(name), &none().in_directory("/nowhere"));
    let vault = access("vault").unwrap();
    assert_eq!((vault.endpoint().to_string().as_str(), signed_with(&vault).as_str()), (VAULT, "of-a-file"));
    let body: Value = serde_json::from_slice(attached(&vault).1[0].body()).unwrap();
    assert_eq!(body["scope"], "role:r1 role:r2");
    assert_eq!(attached(&access("gateway").unwrap()).0["x-skyflow-authorization"], KEY);
    assert!(message(&access("typo").unwrap_err()).contains("role"));
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_utf_8_is_an_error_and_not_another_file() {
    use std::os::unix::ffi::OsStrExt;
    let path = std::ffi::OsStr::from_bytes(b"/users/u/\xff.json");
    let error = Skyflow::from_env(&none()).credentials_path(path).vault_url(VAULT).access().unwrap_err();
    assert!(message(&error).contains("`credentials_path` is not UTF-8"), "{error}");
}

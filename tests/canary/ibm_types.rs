//! auth-core's rows for IBM Cloud and watsonx.ai.

use std::fs;

use auth_core::Env;
use auth_core::exchange::TokenEndpoint;
use auth_core::settings::{Profile, Value};
use auth_core::sources::{CrToken, StaticToken, TrustedProfile, VpcInstance};
use auth_core::systems::ibm::{AuthType, IdsIn};
use auth_core::systems::{IbmCloud, Watsonx};
use http::StatusCode;

use super::secrets;
use super::stage::{Issuer, Reply, answer, api_key, builder};
use super::table::{Table, show};

pub(super) fn show(table: &mut Table) {
    show!(table, AuthType::Iam, IdsIn::Body);
    sources(table);
    systems(table);
    external(table);
}

fn endpoint() -> TokenEndpoint {
    TokenEndpoint::parse("https://iam.example.com/identity/token").unwrap()
}

fn sources(table: &mut Table) {
    let file = std::env::temp_dir().join(format!("auth-tests-canary-cr-{}", std::process::id()));
    fs::write(&file, secrets::FILE_CONTENT).unwrap();
    let cr_token =
        CrToken::for_profile_id(endpoint(), "p").client(secrets::CLIENT_ID, secrets::CLIENT_SECRET).file(&file);
    let assumed = TrustedProfile::for_profile_id(endpoint(), StaticToken::new(secrets::ACCESS_TOKEN).unwrap(), "p");
    let instance = VpcInstance::new().profile_id("p");
    show!(table, cr_token, TrustedProfile::for_profile_id(endpoint(), api_key(), "p"), assumed, instance);

    // Each is refused by somebody who repeats what was sent.
    let body = |secret: &str| serde_json::json!({ "errorCode": secret, "errorMessage": format!("no: {secret}") });
    let refused = |secret: &str| answer(StatusCode::BAD_REQUEST, body(secret).to_string());
    let runtime = auth_core::runtime::FakeRuntime::new();
    let from_file = builder(&runtime, Issuer::default().then(refused(secrets::FILE_CONTENT)), cr_token);
    let as_profile = builder(&runtime, Issuer::default().then(refused(secrets::ACCESS_TOKEN)), assumed);
    let identity = serde_json::json!({ "access_token": secrets::NEXT_TOKEN }).to_string();
    let listed = serde_json::json!({ "errors": [{ "code": secrets::NEXT_TOKEN, "message": secrets::NEXT_TOKEN }] });
    let issuer = Issuer::default()
        .then(answer(StatusCode::OK, identity))
        .then(answer(StatusCode::BAD_REQUEST, listed.to_string()));
    let as_instance = builder(&runtime, issuer, instance.clone());
    let nobody = builder(&runtime, Issuer::default().then(Reply::Fail(auth_core::Error::transient("no"))), instance);
    for builder in [from_file, as_profile, as_instance, nobody] {
        let error = runtime.block_on(builder.build().unwrap().warm_up()).unwrap_err();
        show!(table, error);
    }
    fs::remove_file(file).unwrap();
}

fn systems(table: &mut Table) {
    let mut profile = Profile::new("p", "/etc/config.toml", false);
    profile.insert("api_key", Value::Literal(secrets::FILE_CONTENT.into()), Some(3));
    let cloud = || IbmCloud::from_profile(profile.clone(), &Env::empty()).url("https://s.example.com");
    let full = cloud().api_key(secrets::API_KEY).client_id(secrets::CLIENT_ID).client_secret(secrets::CLIENT_SECRET);
    let watsonx = || Watsonx::from_profile(profile.clone(), &Env::of([("WATSONX_TOKEN", secrets::ENV_VALUE)]));
    let here = watsonx().region("us-south").api_key(secrets::API_KEY);
    for access in [full.clone().access().unwrap(), cloud().access().unwrap(), here.clone().access().unwrap()] {
        show!(table, *access.explain(), access);
    }
    show!(table, full, here);
    let braces = format!("{{{}}}", secrets::API_KEY);
    let quoted = format!("\"{}\"", secrets::ACCESS_TOKEN);
    for error in [
        cloud().api_key(&*braces).access(),
        cloud().api_key(secrets::API_KEY).client_secret(secrets::CLIENT_SECRET).access(),
        cloud().api_key(secrets::API_KEY).auth_url(format!("http://h/{}", secrets::QUERY_SECRET)).access(),
        cloud().token(&*quoted).access(),
        here.clone().url(format!("https://u:{}@h", secrets::PASSWORD)).access(),
        watsonx().region(secrets::PASSWORD).access(),
        watsonx().region("us-south").token(&*quoted).access(),
        here.project_id(format!("{}\n", secrets::EXTRA_HEADER)).version(secrets::EXTRA_HEADER).access(),
    ] {
        show!(table, error.unwrap_err());
    }
}

/// What is said of an external configuration that is broken.
fn external(table: &mut Table) {
    let folder = std::env::temp_dir().join(format!("auth-tests-canary-ibm-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("ibm-credentials.env");
    for text in [
        format!("S_APIKEY='{}", secrets::FILE_CONTENT),
        format!("{}\n", secrets::FILE_CONTENT),
        format!("S_AUTH_TYPE={}\n", secrets::FILE_CONTENT),
        format!("S_APIKEY={{{}}}\n", secrets::FILE_CONTENT),
    ] {
        fs::write(&file, text).unwrap();
        let env = Env::of([("VCAP_SERVICES", secrets::ENV_VALUE)]).in_directory(&folder);
        show!(table, IbmCloud::from_env("s", &env).access().unwrap_err());
    }
    fs::remove_dir_all(folder).unwrap();
    for text in [secrets::ENV_VALUE.to_owned(), format!("{{\"s\":\"{}\"}}", secrets::ENV_VALUE)] {
        let env = Env::of([("VCAP_SERVICES", text)]).in_directory("/nowhere");
        show!(table, IbmCloud::from_env("s", &env).access().unwrap_err());
    }
}

//! Watsonx: endpoint, credential, and what requests say.

use http::{HeaderMap, Uri};

use super::stage::{Stage, fetch, place};
use crate::settings::{Profile, Value};
use crate::sources::StaticToken;
use crate::systems::Watsonx;
use crate::systems::ibm::{AuthType, IdsIn};
use crate::{Access, Env, ErrorKind};

fn watsonx() -> Watsonx {
    Watsonx::new().region("us-south").api_key("k")
}

/// What the context makes of a request.
fn request(access: &Access) -> (String, HeaderMap) {
    let (mut uri, mut headers) = (Uri::from_static("https://h/ml/v1/text/generation"), HeaderMap::new());
    access.context().apply(&mut uri, &mut headers);
    (uri.query().unwrap_or_default().to_owned(), headers)
}

#[test]
fn a_region_is_an_address_and_requests_name_version_and_project() {
    let access = watsonx().project_id("p-1").access().unwrap();
    assert_eq!(access.endpoint().to_string(), "https://us-south.ml.cloud.ibm.com");
    assert_eq!(request(&access).0, "version=2026-10-14");
    assert_eq!(access.context().body_fields().collect::<Vec<_>>(), [("project_id", "p-1")]);
    let (token, asked) = fetch(&access, 1);
    assert_eq!((token.unwrap().as_str(), asked[0].1["apikey"].as_str()), ("token-1", "k"));
}

#[test]
fn ids_go_where_they_are_wanted() {
    let access = watsonx().space_id("s-1").ids_in(IdsIn::Query).version("2024-05-31").access().unwrap();
    assert_eq!(request(&access).0, "version=2024-05-31&space_id=s-1");
    let access = watsonx().space_id("s-1").ids_in(IdsIn::Header).access().unwrap();
    assert_eq!(request(&access).1["x-ibm-space-id"], "s-1");
    let access = watsonx().project_id("p-1").ids_in(IdsIn::Header).access().unwrap();
    assert_eq!(request(&access).1["x-ibm-project-id"], "p-1");
    assert_eq!(access.context().body_fields().count(), 0);
}

#[test]
fn what_is_missing_wrong_or_too_much_is_named() {
    let (wrong, none) = (ErrorKind::Misconfigured, ErrorKind::Unavailable);
    for (built, kind, names) in [
        (Watsonx::new().region("us-south"), none, "WATSONX_APIKEY"),
        (Watsonx::new().api_key("k"), none, "WATSONX_URL"),
        (watsonx().url("https://h"), wrong, "`region`"),
        (Watsonx::new().api_key("k").region("us/south"), wrong, "`region`"),
        (Watsonx::new().api_key("k").region("us.evil"), wrong, "`region`"),
        (Watsonx::new().api_key("k").url("http://us-south.ml.cloud.ibm.com"), wrong, "`url`"),
        (Watsonx::new().api_key("k").url("us-south.ml.cloud.ibm.com"), wrong, "`url`"),
        (watsonx().token("t"), wrong, "`api_key`"),
        (watsonx().project_id("p").space_id("s"), wrong, "`space_id`"),
        (watsonx().project_id("p\n-1").ids_in(IdsIn::Header), wrong, "`project_id`"),
        (watsonx().version("2024"), wrong, "`version`"),
        (watsonx().version("2024-13-01"), wrong, "`version`"),
        (watsonx().client_id("c"), wrong, "WATSONX_CLIENT_SECRET"),
        (watsonx().api_key("{my-key}"), wrong, "`api_key`"),
        (Watsonx::new().region("us-south").token("Bearer t"), wrong, "`token`"),
    ] {
        let error = built.access().unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), kind, "{text}");
        assert!(text.contains(names) && text.len() < 300, "{names}: {text}");
    }
    Watsonx::new().api_key("k").url("http://127.0.0.1:8080/prefix").access().unwrap();
}

#[test]
fn variables_are_read_and_an_argument_wins() {
    let stage = Stage::new()
        .set("WATSONX_URL", "https://eu-de.ml.cloud.ibm.com")
        .set("WATSONX_API_KEY", "second")
        .set("WATSONX_PROJECT_ID", "env-project");
    let access = Watsonx::from_env(&stage.env()).access().unwrap();
    assert_eq!(place(&access, "api_key"), "the variable WATSONX_API_KEY");
    assert_eq!(access.endpoint().to_string(), "https://eu-de.ml.cloud.ibm.com");

    let stage = stage.set("WATSONX_APIKEY", "first");
    let built = || Watsonx::from_env(&stage.env());
    assert_eq!(place(&built().access().unwrap(), "api_key"), "the variable WATSONX_APIKEY");
    let access = built().api_key("given").region("us-south").space_id("given").access().unwrap();
    assert_eq!(fetch(&access, 1).1[0].1["apikey"], "given");
    assert_eq!(access.endpoint().to_string(), "https://us-south.ml.cloud.ibm.com");
    assert_eq!(access.context().body_fields().collect::<Vec<_>>(), [("space_id", "given")]);
    assert_eq!(fetch(&built().token("given").access().unwrap(), 0).0.unwrap(), "given", "an argument wins over a key");
    let text = built().project_id("p").space_id("s").access().unwrap_err().to_string();
    assert!(text.contains("exclude each other"), "{text}");
}

#[test]
fn a_token_that_the_platform_renews_is_read_from_its_file_without_its_scheme() {
    let stage = Stage::new()
        .file("token", "Bearer platform-1\n")
        .set("USER_ACCESS_TOKEN", "user")
        .set("WATSONX_REGION", "eu-gb");
    let token = |stage: &Stage| fetch(&Watsonx::from_env(&stage.env()).access().unwrap(), 0).0;
    assert_eq!(token(&stage).unwrap(), "user");
    let file = stage.path("token").display().to_string();
    let stage = stage.set("RUNTIME_ENV_ACCESS_TOKEN_FILE", &file);
    assert_eq!(token(&stage).unwrap(), "platform-1", "the file wins");
    let stage = stage.file("token", "platform-2");
    assert_eq!(token(&stage).unwrap(), "platform-2");
    let access = Watsonx::from_env(&stage.env()).token("given").access().unwrap();
    assert_eq!(fetch(&access, 0).0.unwrap(), "given");
    let scheme = Stage::new().set("USER_ACCESS_TOKEN", "Bearer user").set("WATSONX_REGION", "eu-gb");
    let text = Watsonx::from_env(&scheme.env()).access().unwrap_err().to_string();
    assert!(text.contains("USER_ACCESS_TOKEN") && text.contains("scheme"), "{text}");

    let stage = stage.set("WATSONX_APIKEY", "key");
    let access = Watsonx::from_env(&stage.env()).access().unwrap();
    assert_eq!(fetch(&access, 1).1[0].1["apikey"], "key", "a key is renewed by itself");
    assert!(access.explain().notes().join("").contains("RUNTIME_ENV_ACCESS_TOKEN_FILE"), "{}", access.explain());
}

#[test]
fn other_types_are_chosen_by_a_variable_or_given_as_a_source() {
    let stage = Stage::new()
        .set("WATSONX_AUTH_TYPE", "iamAssume")
        .set("WATSONX_APIKEY", "k")
        .set("WATSONX_IAM_PROFILE_ID", "p")
        .set("WATSONX_REGION", "eu-de");
    let (_, asked) = fetch(&Watsonx::from_env(&stage.env()).access().unwrap(), 2);
    assert_eq!(asked[1].1["profile_id"], "p");
    let access = Watsonx::from_env(&stage.env()).source(StaticToken::new("own").unwrap()).access().unwrap();
    assert_eq!(fetch(&access, 0).0.unwrap(), "own");
}

#[test]
fn a_profile_stands_behind_the_variables_and_a_nearby_one_gets_no_credential_from_elsewhere() {
    let profile = |nearby| {
        let mut profile = Profile::new("p", "/project/config.toml", nearby);
        profile.insert("url", Value::Literal("https://evil.example.com".into()), Some(2));
        profile.insert("api_key", Value::Literal("profile-key".into()), Some(3));
        profile
    };
    let none = Env::of([("", "")]);
    assert_eq!(
        fetch(&Watsonx::from_profile(profile(true), &none).access().unwrap(), 1).1[0].1["apikey"],
        "profile-key"
    );
    let env = Env::of([("WATSONX_APIKEY", "users-own")]);
    let access = Watsonx::from_profile(profile(false), &env).access().unwrap();
    assert_eq!(fetch(&access, 1).1[0].1["apikey"], "users-own");
    let text = Watsonx::from_profile(profile(true), &env).access().unwrap_err().to_string();
    assert!(text.contains("/project/config.toml:2") && text.contains("WATSONX_APIKEY"), "{text}");
    Watsonx::from_profile(profile(true), &env).allow_nearby_endpoint().access().unwrap();
}

#[test]
fn what_a_profile_refers_to_is_the_profiles_and_loses_to_a_variable() {
    let mut profile = Profile::new("p", "/users/me/config.toml", false);
    profile.insert("region", Value::Literal("us-south".into()), Some(2));
    profile.insert("api_key", Value::Variable("MY_KEY".to_owned()), Some(3));
    profile.insert("space_id", Value::Variable("MY_SPACE".to_owned()), Some(4));
    let mut variables =
        vec![("MY_KEY", "k"), ("MY_SPACE", "s"), ("WATSONX_TOKEN", "of-the-variable"), ("WATSONX_PROJECT_ID", "p")];
    let access = Watsonx::from_profile(profile.clone(), &Env::of(variables.clone())).access().unwrap();
    assert_eq!(fetch(&access, 0).0.unwrap(), "of-the-variable");
    assert_eq!(access.context().body_fields().collect::<Vec<_>>(), [("project_id", "p")]);
    variables.truncate(2);
    let access = Watsonx::from_profile(profile, &Env::of(variables)).access().unwrap();
    assert_eq!(fetch(&access, 1).1[0].1["apikey"], "k");
}

#[test]
fn a_source_wins_over_variables_and_beside_another_argument_it_is_one_too_many() {
    let source = || StaticToken::new("t").unwrap();
    let watsonx = || Watsonx::from_env(&Env::of([("WATSONX_APIKEY", "k")])).region("us-south").source(source());
    let access = watsonx().project_id("p-1").access().unwrap();
    assert_eq!(access.credential().unwrap().to_string(), "the argument `source`");
    for (both, other) in [
        (watsonx().token("t"), "`token`"),
        (watsonx().token_file("f"), "`token_file`"),
        (watsonx().api_key("k"), "`api_key`"),
        (watsonx().profile_id("p"), "`profile_id`"),
        (watsonx().auth_type(AuthType::Vpc), "`auth_type`"),
    ] {
        let error = both.access().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains(other) && error.to_string().contains("`source`"), "{error}");
    }
}

#[test]
fn the_login_of_a_trusted_profile_can_be_given_as_arguments() {
    let container = Watsonx::new().region("us-south").auth_type(AuthType::Container).cr_token_file("/nowhere/token");
    let error = container.access().unwrap_err();
    assert!(error.to_string().contains("give the argument `profile_id`"), "{error}");
    assert!(container.profile_name("p").access().is_ok());
    let assumed = Watsonx::new().region("us-south").auth_type(AuthType::IamAssume).api_key("k").profile_name("p");
    let error = assumed.access().unwrap_err();
    assert!(error.to_string().contains("give the argument `account_id`"), "{error}");
    assert!(assumed.account_id("a").access().is_ok());
}

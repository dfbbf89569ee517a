//! IbmCloud: types, and what each needs.

use super::stage::{Stage, fetch, place};
use crate::settings::{Profile, Value};
use crate::systems::IbmCloud;
use crate::systems::ibm::AuthType;
use crate::{Env, ErrorKind};

fn service() -> IbmCloud {
    IbmCloud::new().url("https://s.example.com/v1")
}

#[test]
fn an_api_key_is_exchanged_with_scope_and_client() {
    let access = service().api_key("k").scope("a b").client_id("c").client_secret("s").access().unwrap();
    let (token, asked) = fetch(&access, 1);
    assert_eq!(token.unwrap(), "token-1");
    let [(url, form)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(url, "POST https://iam.cloud.ibm.com/identity/token");
    assert_eq!((form["apikey"].as_str(), form["scope"].as_str()), ("k", "a b"));
    assert_eq!(place(&access, "auth_type"), "the default");
    assert_eq!(place(&access, "api_key"), "the argument `api_key`");
    assert_eq!(access.endpoint().to_string(), "https://s.example.com/v1");
}

#[test]
fn each_type_asks_in_its_own_way() {
    let stage = Stage::new().file("cr", "cr-token\n");
    let file = stage.path("cr").display().to_string();
    let assume = || service().auth_type(AuthType::IamAssume).api_key("k");
    let container = || service().cr_token_file(&file).auth_url("https://iam.example.com/identity/token");
    for (access, urls, fields) in [
        (assume().profile_id("p"), vec!["POST https://iam.cloud.ibm.com/identity/token"; 2], vec![("profile_id", "p")]),
        (
            assume().profile_crn("c"),
            vec!["POST https://iam.cloud.ibm.com/identity/token"; 2],
            vec![("profile_crn", "c")],
        ),
        (
            assume().profile_name("n").account_id("a"),
            vec!["POST https://iam.cloud.ibm.com/identity/token"; 2],
            vec![("profile_name", "n"), ("account", "a"), ("access_token", "token-1")],
        ),
        (
            container().profile_id("p").profile_name("n").scope("s"),
            vec!["POST https://iam.example.com/identity/token"],
            vec![("cr_token", "cr-token"), ("profile_id", "p"), ("profile_name", "n"), ("scope", "s")],
        ),
        (
            service().auth_type(AuthType::Vpc).profile_crn("c"),
            vec![
                "PUT http://169.254.169.254/instance_identity/v1/token?version=2022-03-01",
                "POST http://169.254.169.254/instance_identity/v1/iam_token?version=2022-03-01",
            ],
            vec![],
        ),
        (service().token("own"), vec![], vec![]),
        (service().auth_type(AuthType::NoAuth), vec![], vec![]),
    ] {
        let access = access.access().unwrap();
        let (token, asked) = fetch(&access, urls.len());
        token.unwrap();
        assert_eq!(asked.iter().map(|(url, _)| url.as_str()).collect::<Vec<_>>(), urls);
        for (field, value) in fields {
            assert_eq!(asked.last().unwrap().1[field], value, "{field}");
        }
    }
    assert!(service().auth_type(AuthType::NoAuth).access().unwrap().is_none_needed());
}

#[test]
fn what_is_missing_or_too_much_is_named() {
    let assume = || service().auth_type(AuthType::IamAssume).api_key("k");
    let vpc = || service().auth_type(AuthType::Vpc);
    let (wrong, none) = (ErrorKind::Misconfigured, ErrorKind::Unavailable);
    for (built, kind, names) in [
        (IbmCloud::new().api_key("k"), none, "`url`"),
        (service(), none, "`profile_id`"),
        (service().auth_type(AuthType::Iam), wrong, "`api_key`"),
        (service().auth_type(AuthType::BearerToken), wrong, "`token`"),
        (service().auth_type(AuthType::Container), wrong, "`profile_id`"),
        (assume(), wrong, "`profile_id`"),
        (assume().profile_name("n"), wrong, "`account_id`"),
        (assume().profile_id("p").profile_crn("c"), wrong, "profile_crn`"),
        (vpc().profile_id("p").profile_crn("c"), wrong, "profile_crn`"),
        (vpc().auth_url("http://metadata.example.com"), wrong, "`auth_url`"),
        (service().api_key("k").token("t"), wrong, "`api_key` and `token`"),
        (service().api_key("k").client_id("c"), wrong, "`client_secret`"),
        (service().api_key("k").client_secret("c"), wrong, "`client_id`"),
        (service().api_key("k").client_id("a:b").client_secret("c"), wrong, "`client_id`"),
        (service().api_key("{abc}"), wrong, "`api_key`"),
        (service().api_key("\"abc\""), wrong, "`api_key`"),
        (service().api_key("abc}"), wrong, "`api_key`"),
        (service().token("Bearer abc"), wrong, "`token`"),
        (service().api_key("k").auth_url("http://iam.example.com"), wrong, "`auth_url`"),
        (service().api_key("k").url("https://h?query"), wrong, "`url`"),
    ] {
        let error = built.clone().access().unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), kind, "{text}");
        assert!(text.contains(names) && text.len() < 300, "{names}: {text}");
    }
}

#[test]
fn a_profile_fills_it_in() {
    let mut profile = Profile::new("prod", "/users/me/config.toml", false);
    for (line, (key, value)) in
        [("url", "https://s.example.com"), ("api_key", "from-profile"), ("auth_url", "https://iam.example.com")]
            .into_iter()
            .enumerate()
    {
        profile.insert(key, Value::Literal(value.into()), Some(line + 1));
    }
    let access = IbmCloud::from_profile(profile.clone(), &Env::of([("", "")])).access().unwrap();
    assert_eq!(place(&access, "api_key"), "api_key in /users/me/config.toml:2");
    let (_, asked) = fetch(&access, 1);
    assert_eq!(asked[0].0, "POST https://iam.example.com/identity/token");
    assert_eq!(asked[0].1["apikey"], "from-profile");

    let access = IbmCloud::from_profile(profile, &Env::of([("", "")])).api_key("given").access().unwrap();
    assert_eq!(fetch(&access, 1).1[0].1["apikey"], "given");
}

#[test]
fn an_error_of_a_profile_names_file_line_and_key() {
    let mut profile = Profile::new("prod", "/users/me/config.toml", false);
    profile.insert("auth_type", Value::Literal("cp4d".into()), Some(7));
    let built = IbmCloud::from_profile(profile, &Env::of([("", "")])).url("https://s.example.com");
    let text = built.access().unwrap_err().to_string();
    assert!(text.contains("auth_type in /users/me/config.toml:7") && text.contains("cp4d is not supported"), "{text}");
}

#[cfg(feature = "profiles")]
#[test]
fn a_profile_selects_either_system_by_its_name_and_a_key_that_means_nothing_is_named() {
    let text = "[profile.cloud]\nsystem = \"ibm\"\nurl = \"https://s.example.com\"\napi_key = \"k\"\n\
                [profile.wx]\nsystem = \"watsonx\"\nregion = \"eu-de\"\napi_key = \"k\"\nproject_id = \"p\"\n\
                [profile.typo]\nsystem = \"watsonx\"\nregion = \"eu-de\"\napi_kye = \"k\"\n";
    let stage = Stage::new().file("config.toml", text);
    let profiles = crate::settings::Profiles::read("config.toml", &stage.env_in("")).unwrap();
    let access = |name| profiles.access(Some(name), &stage.env_in(""));
    assert_eq!(fetch(&access("cloud").unwrap(), 1).1[0].1["apikey"], "k");
    assert_eq!(access("wx").unwrap().endpoint().to_string(), "https://eu-de.ml.cloud.ibm.com");
    let error = access("typo").unwrap_err().to_string();
    assert!(error.contains("api_kye") && error.contains(":13"), "{error}");
}

#[test]
fn a_token_alone_in_a_profile_is_what_is_sent() {
    let mut profile = Profile::new("p", "/users/me/config.toml", false);
    profile.insert("url", Value::Literal("https://s.example.com".into()), Some(2));
    profile.insert("token", Value::Literal("t".into()), Some(3));
    let access = IbmCloud::from_profile(profile.clone(), &Env::of([("", "")])).access().unwrap();
    assert_eq!(fetch(&access, 0).0.unwrap(), "t");
    assert_eq!(access.explain().value("auth_type"), Some("bearertoken"));
    profile.insert("iam_profile_id", Value::Literal("p".into()), Some(4));
    let access = IbmCloud::from_profile(profile, &Env::of([("", "")])).access().unwrap();
    assert_eq!(access.explain().value("auth_type"), Some("container"));
}

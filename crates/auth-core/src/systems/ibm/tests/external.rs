//! IBM's external configuration: which source counts, and that it counts whole.

use super::stage::{Stage, fetch, place};
use crate::systems::IbmCloud;
use crate::{Access, Error, ErrorKind};

const FILE: &str = "ibm-credentials.env";
const NEARBY: &str = "work/ibm-credentials.env";

fn build(stage: &Stage) -> Result<Access, Error> {
    IbmCloud::from_env("my-service", &stage.env()).default_url("https://s.example.com").access()
}

fn api_key(stage: &Stage) -> String {
    fetch(&build(stage).unwrap(), 1).1[0].1["apikey"].clone()
}

fn vcap(entry: &str) -> String {
    format!(
        r#"{{"other":[{{"name":"x"}}],"my-label":[{{"name":"first","credentials":{{"apikey":"label-key"}}}},{entry}]}}"#
    )
}

#[test]
fn the_first_source_that_says_anything_counts_whole() {
    let named = vcap(r#"{"name":"my-service","credentials":{"apikey":"vcap-key","url":"https://v.example.com"}}"#);
    let stage = Stage::new().set("VCAP_SERVICES", &named);
    assert_eq!(api_key(&stage), "vcap-key");
    let access = build(&stage).unwrap();
    assert_eq!(access.endpoint().to_string(), "https://v.example.com");
    assert_eq!(place(&access, "api_key"), "the variable VCAP_SERVICES");

    let stage = stage.set("MY_SERVICE_APIKEY", "env-key").set("MY_SERVICE_SCOPE", "env-scope");
    assert_eq!(api_key(&stage), "env-key");
    let access = build(&stage).unwrap();
    assert_eq!(access.endpoint().to_string(), "https://s.example.com", "VCAP_SERVICES does not fill in");
    assert_eq!(place(&access, "api_key"), "the variable MY_SERVICE_APIKEY");

    let stage = stage.file(FILE, "# mine\nMY_SERVICE_APIKEY=file-key==\n");
    let access = build(&stage).unwrap();
    let (_, asked) = fetch(&access, 1);
    assert_eq!(asked[0].1["apikey"], "file-key==");
    assert!(!asked[0].1.contains_key("scope"), "the environment does not fill in");
    assert!(place(&access, "api_key").ends_with("/ibm-credentials.env:2"), "{}", place(&access, "api_key"));

    let stage = stage.file(NEARBY, "MY_SERVICE_APIKEY=nearby-key\n");
    assert_eq!(api_key(&stage), "nearby-key");
    let path = stage.path("named.env").display().to_string();
    let stage = stage.file("named.env", "MY_SERVICE_APIKEY=named-key").set("IBM_CREDENTIALS_FILE", &path);
    assert_eq!(api_key(&stage), "named-key");
}

#[test]
fn a_source_that_says_nothing_about_the_service_is_passed_over() {
    let stage = Stage::new()
        .file(NEARBY, "MY_SERVICE2_APIKEY=wrong\nMY_SERVICE_APIKEY=\nMY_SERVICE_COLOUR=blue\nMY_SERVICEAPIKEY=wrong\n")
        .set("MY_SERVICE_APIKEY", "env-key");
    assert_eq!(api_key(&stage), "env-key");
}

#[test]
fn a_later_line_wins_also_if_it_takes_a_value_away() {
    let stage =
        Stage::new().file(FILE, "MY_SERVICE_APIKEY=a\nMY_SERVICE_SCOPE=s\nMY_SERVICE_APIKEY=b\nMY_SERVICE_SCOPE=\n");
    let (_, asked) = fetch(&build(&stage).unwrap(), 1);
    assert_eq!((asked[0].1["apikey"].as_str(), asked[0].1.get("scope")), ("b", None));
}

#[test]
fn a_service_bound_under_its_label_is_found_and_another_is_not() {
    let stage =
        Stage::new().set("VCAP_SERVICES", &vcap(r#"{"name":"second","credentials":{"iam_apikey":"second-key"}}"#));
    let of = |service: &str| IbmCloud::from_env(service, &stage.env()).url("https://s.example.com").access();
    assert_eq!(fetch(&of("my-label").unwrap(), 1).1[0].1["apikey"], "label-key");
    assert_eq!(fetch(&of("second").unwrap(), 1).1[0].1["apikey"], "second-key");
    assert_eq!(of("third").unwrap_err().kind(), ErrorKind::Unavailable);
}

#[test]
fn what_is_there_and_broken_is_an_error_and_no_reason_to_look_elsewhere() {
    let missing = "/nowhere/ibm.env";
    for (stage, names) in [
        (Stage::new().set("IBM_CREDENTIALS_FILE", missing), "IBM_CREDENTIALS_FILE"),
        (Stage::new().file(NEARBY, "MY_SERVICE_APIKEY=k\nno assignment\n"), "ibm-credentials.env:2"),
        (Stage::new().file(FILE, "MY_SERVICE_SCOPE='open\n"), "ibm-credentials.env:1"),
        (Stage::new().set("VCAP_SERVICES", "{\"my-service\": [{\"super\": \"secret\""), "VCAP_SERVICES"),
        (Stage::new().set("VCAP_SERVICES", "[]"), "VCAP_SERVICES"),
        (Stage::new().set("VCAP_SERVICES", r#"{"my-service":{}}"#), "VCAP_SERVICES"),
        (Stage::new().set("VCAP_SERVICES", r#"{"my-service":[{"name":"x"}]}"#), "VCAP_SERVICES"),
    ] {
        let error = build(&stage).unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Misconfigured, "{text}");
        assert!(text.contains(names) && !text.contains("super") && text.len() < 300, "{text}");
    }
}

#[test]
fn the_type_is_the_stated_one_else_iam_with_a_key_else_container() {
    let (wrong, none) = (ErrorKind::Misconfigured, ErrorKind::Unavailable);
    for (variables, expect) in [
        (vec![("AUTH_TYPE", "NoAuth"), ("APIKEY", "k")], Ok("noauth")),
        (vec![("AUTHTYPE", "BEARERTOKEN"), ("BEARER_TOKEN", "t"), ("APIKEY", "k")], Ok("bearertoken")),
        (vec![("AUTH_TYPE", "iam"), ("AUTHTYPE", "noauth"), ("APIKEY", "k")], Ok("iam")),
        (vec![("APIKEY", "k"), ("IAM_PROFILE_ID", "p")], Ok("iam")),
        (vec![("IAM_PROFILE_NAME", "p")], Ok("container")),
        (vec![("URL", "https://s.example.com")], Err((none, "MY_SERVICE_IAM_PROFILE_ID"))),
        (vec![("BEARER_TOKEN", "t")], Err((none, "MY_SERVICE_IAM_PROFILE_ID"))),
        (vec![], Err((none, "MY_SERVICE_APIKEY"))),
        (vec![("AUTH_TYPE", "iam")], Err((wrong, "MY_SERVICE_APIKEY"))),
        (vec![("AUTH_TYPE", "iamassume"), ("APIKEY", "k")], Err((wrong, "MY_SERVICE_IAM_PROFILE_ID"))),
        (vec![("AUTH_TYPE", "basic")], Err((wrong, "basic is not supported"))),
        (vec![("AUTH_TYPE", "CP4D")], Err((wrong, "cp4d is not supported"))),
        (vec![("AUTHTYPE", "mcsp")], Err((wrong, "MY_SERVICE_AUTHTYPE"))),
        (vec![("AUTH_TYPE", "my-password-1")], Err((wrong, "no type of IBM's"))),
    ] {
        let stage =
            variables.iter().fold(Stage::new(), |stage, (key, value)| stage.set(&format!("MY_SERVICE_{key}"), value));
        match (build(&stage), expect) {
            (Ok(access), Ok(kind)) => {
                let shown = access.explain().settings().iter().find(|shown| shown.name() == "auth_type").unwrap();
                assert!(shown.value().unwrap().eq_ignore_ascii_case(kind), "{variables:?}: {shown}");
            }
            (Err(error), Err((kind, names))) => {
                let text = error.to_string();
                assert_eq!(error.kind(), kind, "{variables:?}: {text}");
                assert!(text.contains(names) && !text.contains("my-password") && text.len() < 300, "{text}");
            }
            (got, expect) => panic!("{variables:?}: expected {expect:?}, got {got:?}"),
        }
    }
}

#[test]
fn what_is_left_out_is_told() {
    let text =
        "MY_SERVICE_APIKEY=k\nMY_SERVICE_AUTH_DISABLE_SSL=true\nMY_SERVICE_DISABLE_SSL=false\nMY_SERVICE_APIKY=typo\n";
    let access = build(&Stage::new().file(FILE, text)).unwrap();
    let notes = access.explain().notes().join("\n");
    assert!(notes.contains(":2 is ignored: certificates are always verified"), "{notes}");
    assert!(!notes.contains(":3"), "what is off asks for nothing: {notes}");
    assert!(notes.contains(":4 begins like this service's keys"), "{notes}");
}

/// Whoever wrote the project may not say where the user's credentials go.
#[test]
fn an_endpoint_of_the_working_directory_gets_credentials_from_there_only() {
    let evil = "MY_SERVICE_AUTH_URL=https://evil.example.com\nMY_SERVICE_URL=https://evil.example.com\n";
    let stage = Stage::new().file("secret", "users-own").file(NEARBY, evil);
    let from_env = || IbmCloud::from_env("my-service", &stage.env());
    let refused = |built: IbmCloud| {
        let text = built.access().unwrap_err().to_string();
        assert!(text.contains("working directory") && text.contains("allow_nearby_endpoint"), "{text}");
    };
    refused(from_env().api_key("own"));
    refused(from_env().token("own"));
    refused(from_env().profile_id("p"));
    refused(from_env().profile_id("p").cr_token_file(stage.path("secret").display().to_string()));
    refused(from_env().auth_type(crate::systems::ibm::AuthType::Vpc));
    from_env().api_key("own").allow_nearby_endpoint().access().unwrap();
    from_env().api_key("own").auth_url("https://iam.cloud.ibm.com").url("https://s.example.com").access().unwrap();

    let file = format!("{evil}MY_SERVICE_IAM_PROFILE_ID=p\nMY_SERVICE_CR_TOKEN_FILENAME=../secret\n");
    let stage = stage.file(NEARBY, &file);
    refused(IbmCloud::from_env("my-service", &stage.env()));
    let stage = stage.file(NEARBY, &format!("{evil}MY_SERVICE_APIKEY=theirs\n"));
    IbmCloud::from_env("my-service", &stage.env()).access().unwrap();
}

#[test]
fn one_who_works_in_the_home_folder_stands_among_own_files() {
    let stage = Stage::new().file(FILE, "MY_SERVICE_AUTH_URL=https://iam.example.com\n");
    let built = IbmCloud::from_env("my-service", &stage.env_in(""));
    built.api_key("own").url("https://s.example.com").access().unwrap();
}

#[test]
fn a_service_needs_a_name() {
    let text = IbmCloud::from_env(" ", &Stage::new().env()).access().unwrap_err().to_string();
    assert!(text.contains("`service`"), "{text}");
    let stage = Stage::new().set("MY_OTHER_SERVICE_APIKEY", "k");
    IbmCloud::from_env("My other-service", &stage.env()).url("https://s.example.com").access().unwrap();
}

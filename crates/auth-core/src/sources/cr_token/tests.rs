use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::runtime::FakeRuntime;
use crate::{Authenticator, testing::ScriptedTransport};

const TOKEN: &str = r#"{"access_token":"t","token_type":"Bearer","expires_in":3600}"#;

fn endpoint() -> TokenEndpoint {
    TokenEndpoint::parse("https://iam.cloud.ibm.com/identity/token").unwrap()
}

/// A file of this test's own.
fn file(name: &str, content: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("auth-cr-token-{name}-{}", std::process::id()));
    std::fs::write(&path, content).unwrap();
    path
}

fn form(server: &ScriptedTransport, index: usize) -> BTreeMap<String, String> {
    form_urlencoded::parse(server.requests()[index].body()).into_owned().collect()
}

fn fetch(source: CrToken, server: &ScriptedTransport) -> Result<(), Error> {
    let clock = FakeRuntime::new();
    let auth = Authenticator::builder(source).anywhere().transport(server.clone()).runtime(clock.clone()).build()?;
    clock.block_on(auth.token(Duration::ZERO)).map(drop)
}

#[test]
fn the_file_is_read_again_for_each_exchange_and_its_line_end_is_not_sent() {
    let path = file("rotated", "first\n");
    let server = ScriptedTransport::new();
    let source = CrToken::for_profile_id(endpoint(), "Profile-1").profile_name("mine").scope("s").file(&path);
    for content in ["first\n", "second\r\n"] {
        std::fs::write(&path, content).unwrap();
        server.answer(200, TOKEN);
        fetch(source.clone(), &server).unwrap();
    }
    std::fs::remove_file(path).unwrap();
    let expect =
        [("cr_token", "first"), ("grant_type", GRANT_TYPE), ("profile_id", "Profile-1"), ("profile_name", "mine")];
    let expect = expect.into_iter().chain([("scope", "s")]).map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(form(&server, 0), expect.collect());
    assert_eq!(form(&server, 1)["cr_token"], "second");
    assert!(!server.requests()[0].headers().contains_key("authorization"));
}

#[test]
fn a_client_goes_as_basic_on_the_token_request() {
    let path = file("client", "cr");
    let server = ScriptedTransport::new();
    server.answer(200, TOKEN);
    fetch(CrToken::for_profile_name(endpoint(), "p").client("id", "ü").file(&path), &server).unwrap();
    std::fs::remove_file(path).unwrap();
    assert_eq!(server.requests()[0].headers()["authorization"], "Basic aWQ6w7w=");
}

#[test]
fn a_file_that_is_not_there_is_unavailable_and_one_with_something_else_in_it_is_wrong() {
    let server = ScriptedTransport::new();
    let missing = CrToken::for_profile_id(endpoint(), "p").file("/nowhere/cr-token");
    let error = fetch(missing, &server).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("/nowhere/cr-token"), "{error}");

    let path = file("broken", "two words");
    let error = fetch(CrToken::for_profile_id(endpoint(), "p").file(&path), &server).unwrap_err();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().contains("auth-cr-token-broken"), "{error}");
    assert!(server.requests().is_empty());
}

#[test]
fn of_the_default_files_the_first_that_is_there_counts() {
    let (second, third) = (file("second", "2"), file("third", "3"));
    let source = CrToken::for_profile_id(endpoint(), "p");
    assert_eq!(source.files, DEFAULT_FILES.map(PathBuf::from));
    let source = CrToken { files: vec!["/nowhere/first".into(), second.clone(), third.clone()], ..source };
    assert_eq!(source.read().unwrap().expose(), "2");
    std::fs::write(&second, "").unwrap();
    assert_eq!(source.read().unwrap_err().kind(), ErrorKind::Misconfigured, "what is there and empty is broken");
    for path in [second, third] {
        std::fs::remove_file(path).unwrap();
    }
    let error = source.read().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("vault-token") && error.to_string().len() < 300, "{error}");
}

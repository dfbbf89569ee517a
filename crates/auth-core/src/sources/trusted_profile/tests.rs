use std::time::Duration;

use super::*;
use crate::runtime::FakeRuntime;
use crate::sources::{ApiKey, StaticToken};
use crate::{Authenticator, ErrorKind, testing::ScriptedTransport};

fn endpoint() -> TokenEndpoint {
    TokenEndpoint::parse("https://iam.cloud.ibm.com/identity/token").unwrap()
}

fn own() -> ApiKey {
    ApiKey::new(endpoint(), "my-key").unwrap().client("cid", "csec").scope("sc")
}

fn token(source: TrustedProfile, server: &ScriptedTransport) -> Result<String, Error> {
    let clock = FakeRuntime::new();
    let auth = Authenticator::builder(source).anywhere().transport(server.clone()).runtime(clock.clone()).build()?;
    let token = clock.block_on(auth.token(Duration::ZERO))?;
    Ok(token.secret().unwrap().expose().to_owned())
}

fn body(server: &ScriptedTransport, index: usize) -> String {
    String::from_utf8(server.requests()[index].body().to_vec()).unwrap()
}

#[test]
fn client_and_scope_go_with_the_first_request_only() {
    let server = ScriptedTransport::new();
    server.answer(200, r#"{"access_token":"own","expires_in":3600}"#);
    server.answer(200, r#"{"access_token":"profile","expires_in":3600}"#);
    assert_eq!(token(TrustedProfile::for_profile_id(endpoint(), own(), "Profile-1"), &server).unwrap(), "profile");

    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].headers()["authorization"], "Basic Y2lkOmNzZWM=");
    assert!(body(&server, 0).ends_with("&scope=sc"));
    assert!(!requests[1].headers().contains_key("authorization"));
    let expect = "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aassume&access_token=own&profile_id=Profile-1";
    assert_eq!(body(&server, 1), expect);
}

#[test]
fn a_profile_is_named_by_crn_or_by_name_and_account() {
    for (source, expect) in [
        (TrustedProfile::for_profile_crn(endpoint(), own(), "crn:v1"), "&profile_crn=crn%3Av1"),
        (TrustedProfile::for_profile_name(endpoint(), own(), "a b", "acc"), "&profile_name=a+b&account=acc"),
    ] {
        let server = ScriptedTransport::new();
        server.answer(200, r#"{"access_token":"own"}"#);
        server.answer(200, r#"{"access_token":"profile"}"#);
        token(source, &server).unwrap();
        assert!(body(&server, 1).ends_with(expect), "{}", body(&server, 1));
    }
}

#[test]
fn each_of_the_two_requests_is_refused_in_its_own_words() {
    let refusal = r#"{"errorCode":"BXNIM0109E","errorMessage":"Property missing or empty: own-token"}"#;
    for (before, expect) in [(0, "the API key"), (1, "assume the trusted profile")] {
        let server = ScriptedTransport::new();
        for _ in 0..before {
            server.answer(200, r#"{"access_token":"own-token"}"#);
        }
        server.answer(400, refusal);
        let error = token(TrustedProfile::for_profile_id(endpoint(), own(), "p"), &server).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Rejected, Some("BXNIM0109E")));
        assert!(error.to_string().contains(expect), "{error}");
        assert_eq!(error.description().is_some(), before == 0, "an answer that repeats the token is not told: {error}");
    }
}

#[test]
fn any_source_of_tokens_can_be_inside() {
    let server = ScriptedTransport::new();
    server.answer(200, r#"{"access_token":"profile"}"#);
    let own = StaticToken::new("user-token").unwrap();
    assert_eq!(token(TrustedProfile::for_profile_id(endpoint(), own, "p"), &server).unwrap(), "profile");
    assert!(body(&server, 0).contains("access_token=user-token"));
}

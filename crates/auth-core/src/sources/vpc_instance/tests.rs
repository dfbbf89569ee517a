use std::sync::Arc;

use http::Response;

use super::*;
use crate::runtime::FakeRuntime;
use crate::{Authenticator, Transport, async_trait, testing::ScriptedTransport};

const IDENTITY: &str = r#"{"access_token":"instance-identity","expires_in":300}"#;
const TOKEN: &str = r#"{"access_token":"iam-token","expires_in":3600}"#;

fn fetch(source: VpcInstance, transport: impl Transport, limit: Duration) -> (Result<String, Error>, Duration) {
    let clock = FakeRuntime::new();
    let auth = Authenticator::builder(source).anywhere().transport(transport).runtime(clock.clone()).build().unwrap();
    let began = crate::runtime::Runtime::now(&clock).monotonic();
    let token = clock.block_on_within(limit, auth.token(Duration::ZERO));
    let token = token.map(|token| token.secret().unwrap().expose().to_owned());
    (token, crate::runtime::Runtime::now(&clock).monotonic() - began)
}

fn scripted(answers: &[(u16, &str)]) -> ScriptedTransport {
    let server = ScriptedTransport::new();
    for (status, body) in answers {
        server.answer(*status, body.to_string());
    }
    server
}

#[test]
fn an_identity_is_put_and_exchanged_for_a_token() {
    for (source, expect) in [
        (VpcInstance::new(), ""),
        (VpcInstance::new().profile_id("iam-Profile-1"), r#"{"trusted_profile":{"id":"iam-Profile-1"}}"#),
        (VpcInstance::new().profile_id("x").profile_crn("crn:v1"), r#"{"trusted_profile":{"crn":"crn:v1"}}"#),
    ] {
        let server = scripted(&[(200, IDENTITY), (200, TOKEN)]);
        assert_eq!(fetch(source, server.clone(), Duration::ZERO).0.unwrap(), "iam-token");
        let requests = server.requests();
        let [put, post] = &requests[..] else { panic!("{requests:?}") };
        assert_eq!(put.method(), Method::PUT);
        assert_eq!(put.uri(), "http://169.254.169.254/instance_identity/v1/token?version=2022-03-01");
        assert_eq!(put.body().as_ref(), br#"{"expires_in":300}"#);
        assert!(!put.headers().contains_key(AUTHORIZATION), "nothing secret before an answer");
        assert_eq!(post.method(), Method::POST);
        assert_eq!(post.uri(), "http://169.254.169.254/instance_identity/v1/iam_token?version=2022-03-01");
        assert_eq!(post.body().as_ref(), expect.as_bytes());
        assert_eq!(post.headers()[AUTHORIZATION], "Bearer instance-identity");
        assert!(post.headers()[AUTHORIZATION].is_sensitive());
        for request in [put, post] {
            assert_eq!(request.headers()["metadata-flavor"], "ibm");
            assert_eq!(request.headers()[ACCEPT], "application/json");
        }
    }
}

/// The address is a black hole on machines that are no instances.
struct BlackHole;

#[async_trait]
impl Transport for BlackHole {
    async fn send(&self, _: Request<Bytes>, _: usize) -> Result<Response<Bytes>, Error> {
        std::future::pending().await
    }
}

#[test]
fn where_nothing_answers_it_gives_up_after_one_second_as_unavailable() {
    let (result, time) = fetch(VpcInstance::new(), BlackHole, Duration::from_secs(60));
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(time, Duration::from_secs(1));
    assert!(error.to_string().contains("IBM Cloud virtual server") && error.to_string().len() < 300, "{error}");
}

#[test]
fn a_refused_connection_and_another_clouds_answer_are_unavailable_too() {
    let refused = ScriptedTransport::new();
    refused.answer_with(Err(Error::transient("connection refused")));
    assert_eq!(fetch(VpcInstance::new(), refused, Duration::ZERO).0.unwrap_err().kind(), ErrorKind::Unavailable);
    for status in [400, 403, 404, 405] {
        let server = scripted(&[(status, "<html>no</html>")]);
        let error = fetch(VpcInstance::new(), server, Duration::ZERO).0.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Unavailable, Some(status)));
    }
}

#[test]
fn what_goes_wrong_after_the_first_answer_is_no_absence() {
    let refusal = r#"{"errors":[{"code":"invalid_profile","message":"no such profile"}],"trace":"t"}"#;
    for (answers, expect) in [
        (vec![(200, IDENTITY), (400, refusal)], ErrorKind::Rejected),
        (
            vec![(200, IDENTITY), (503, "{}"), (200, IDENTITY), (503, "{}"), (200, IDENTITY), (503, "{}")],
            ErrorKind::Transient,
        ),
        (vec![(503, "{}"), (503, "{}"), (503, "{}")], ErrorKind::Transient),
    ] {
        let error = fetch(VpcInstance::new(), scripted(&answers), Duration::ZERO).0.unwrap_err();
        assert_eq!(error.kind(), expect, "{error}");
    }
}

#[test]
fn the_service_refuses_in_its_own_words() {
    let refusal = r#"{"errors":[{"code":"invalid_profile","message":"no such profile"}],"trace":"t"}"#;
    let error = fetch(VpcInstance::new(), scripted(&[(200, IDENTITY), (400, refusal)]), Duration::ZERO).0.unwrap_err();
    assert_eq!((error.code(), error.description()), (Some("invalid_profile"), Some("no such profile")));
    let echo = r#"{"errors":[{"code":"x","message":"what is instance-identity?"}]}"#;
    let error = fetch(VpcInstance::new(), scripted(&[(200, IDENTITY), (400, echo)]), Duration::ZERO).0.unwrap_err();
    assert_eq!(error.description(), None, "an answer that repeats the identity is not told");
}

#[test]
fn plain_http_is_for_the_one_address_and_loopback() {
    for url in [
        "http://169.254.169.254",
        "http://169.254.169.254/",
        "http://127.0.0.1:8080/p",
        "https://api.metadata.cloud.ibm.com",
    ] {
        VpcInstance::at(url).unwrap();
    }
    for url in [
        "http://169.254.169.253",
        "http://169.254.169.254.example.com",
        "http://api.metadata.cloud.ibm.com",
        "http://2852039166",
        "http://user@169.254.169.254",
        "http://169.254.169.254?x=1",
        "169.254.169.254",
        "",
    ] {
        let error = VpcInstance::at(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured, "{url}");
        assert!(error.to_string().contains("the metadata service's url"), "{error}");
    }
    let error = crate::exchange::TokenEndpoint::parse("http://169.254.169.254/identity/token").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured, "no key goes there in the clear");
}

#[test]
fn a_path_in_front_of_the_service_is_kept() {
    let server = Arc::new(scripted(&[(200, IDENTITY), (200, TOKEN)]));
    let source = VpcInstance::at("https://proxy.example.com/meta/").unwrap();
    fetch(source, Arc::clone(&server), Duration::ZERO).0.unwrap();
    let uri = server.requests()[0].uri().to_string();
    assert_eq!(uri, "https://proxy.example.com/meta/instance_identity/v1/token?version=2022-03-01");
}

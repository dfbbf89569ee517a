use std::time::Duration;

use auth_emulator::{Emulator, Fault, Gate, Rejection, StatusCode, systems::Ibm};
use http::Method;
use serde_json::json;

use crate::client::{FORM, Reply, fetch, form, send};

const CR_TOKEN_GRANT: &str = "urn:ibm:params:oauth:grant-type:cr-token";
const ASSUME_GRANT: &str = "urn:ibm:params:oauth:grant-type:assume";

#[tokio::test]
async fn a_compute_resource_gets_a_token_of_its_profile() {
    let emulator = Emulator::start().await.unwrap();
    for profile in [&[("profile_id", Ibm::PROFILE_ID)][..], &[("profile_name", Ibm::PROFILE_NAME)]] {
        let reply = post(&emulator, CR_TOKEN_GRANT, &[&[("cr_token", Ibm::CR_TOKEN)], profile].concat()).await;
        let claims = emulator.verify(&reply.access_token()).unwrap();
        assert_eq!(claims.subject(), Ibm::PROFILE_ID);
        assert_eq!(reply.json()["expires_in"], 3600);
    }
}

#[tokio::test]
async fn a_compute_resource_is_refused_in_iam_s_shape() {
    let emulator = Emulator::start().await.unwrap();
    let profile = ("profile_id", Ibm::PROFILE_ID);
    let check = async |fields: &[(&str, &str)], code: &str| {
        let reply = post(&emulator, CR_TOKEN_GRANT, fields).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
        assert_eq!(reply.json()["errorCode"], code, "{fields:?}");
        assert!(reply.json()["errorMessage"].is_string() && reply.json()["context"]["requestId"].is_string());
    };
    check(&[profile], "BXNIM0109E").await;
    check(&[("cr_token", Ibm::CR_TOKEN)], "BXNIM0109E").await;
    // What is read from a file and not trimmed is another token.
    check(&[("cr_token", &format!("{}\n", Ibm::CR_TOKEN)), profile], "invalid_grant").await;
    check(&[("cr_token", Ibm::CR_TOKEN), ("profile_id", "iam-Profile-other")], "invalid_grant").await;
    check(&[("cr_token", Ibm::CR_TOKEN), profile, ("profile_name", "other")], "invalid_grant").await;

    emulator.ibm().set_compute_resource_tokens(["rotated"]);
    check(&[("cr_token", Ibm::CR_TOKEN), profile], "invalid_grant").await;
    let reply = post(&emulator, CR_TOKEN_GRANT, &[("cr_token", "rotated"), profile]).await;
    assert_eq!(reply.status, StatusCode::OK);
}

#[tokio::test]
async fn a_profile_is_assumed_by_each_of_its_names_and_by_one_only() {
    let emulator = Emulator::start().await.unwrap();
    let token = fetch(&emulator).await.access_token();
    let assume = async |fields: &[(&str, &str)]| {
        post(&emulator, ASSUME_GRANT, &[&[("access_token", token.as_str())], fields].concat()).await
    };
    let (id, name) = (("profile_id", Ibm::PROFILE_ID), ("profile_name", Ibm::PROFILE_NAME));
    for names in [&[id][..], &[("profile_crn", Ibm::PROFILE_CRN)], &[name, ("account", Ibm::ACCOUNT)]] {
        let claims = emulator.verify(&assume(names).await.access_token()).unwrap();
        assert_eq!(claims.subject(), Ibm::PROFILE_ID);
    }
    for names in [&[][..], &[name], &[id, name], &[name, ("account", "other")], &[("profile_id", "other")]] {
        assert_eq!(assume(names).await.status, StatusCode::BAD_REQUEST, "{names:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_over_assumes_nothing() {
    let emulator = Emulator::start().await.unwrap();
    let token = fetch(&emulator).await.access_token();
    emulator.advance(Duration::from_secs(3601));
    let reply = post(&emulator, ASSUME_GRANT, &[("access_token", &token), ("profile_id", Ibm::PROFILE_ID)]).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(emulator.token_requests().last().unwrap().rejection(), Some(Rejection::Expired));
}

#[tokio::test]
async fn a_client_shows_itself_for_the_first_token_and_may_leave_it_out_for_the_second() {
    let emulator = Emulator::builder().with_client("cid", "csec").start().await.unwrap();
    let (token, basic) = (emulator.issue_token(), "Basic Y2lkOmNzZWM=");
    let fields = form(&[("grant_type", ASSUME_GRANT), ("access_token", &token), ("profile_id", Ibm::PROFILE_ID)]);
    for (authorization, status) in [(None, 200), (Some(basic), 200), (Some("Basic eDp5"), 401)] {
        let mut headers = vec![("content-type", FORM)];
        headers.extend(authorization.map(|value| ("authorization", value)));
        let reply = send(Method::POST, &emulator.token_url(), &headers, fields.clone()).await.unwrap();
        assert_eq!(reply.status, status, "{authorization:?}");
    }
    let reply = post(&emulator, CR_TOKEN_GRANT, &[("cr_token", Ibm::CR_TOKEN), ("profile_id", Ibm::PROFILE_ID)]).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_virtual_server_gets_its_token_in_two_steps() {
    let emulator = Emulator::start().await.unwrap();
    let identity = metadata(&emulator, Method::PUT, "token", None, r#"{"expires_in": 300}"#).await;
    assert_eq!((identity.status, &identity.json()["expires_in"]), (StatusCode::OK, &json!(300)));
    assert!(identity.json()["created_at"].as_str().unwrap().ends_with('Z'));
    let identity = identity.access_token();
    for body in [
        String::new(),
        json!({"trusted_profile": {"id": Ibm::PROFILE_ID}}).to_string(),
        json!({"trusted_profile": {"crn": Ibm::PROFILE_CRN}}).to_string(),
    ] {
        let reply = metadata(&emulator, Method::POST, "iam_token", Some(&identity), &body).await;
        assert_eq!(emulator.verify(&reply.access_token()).unwrap().subject(), Ibm::PROFILE_ID);
    }
    let other = json!({"trusted_profile": {"id": "other"}}).to_string();
    assert_eq!(
        metadata(&emulator, Method::POST, "iam_token", Some(&identity), &other).await.status,
        StatusCode::NOT_FOUND
    );
    emulator.advance(Duration::from_secs(301));
    let late = metadata(&emulator, Method::POST, "iam_token", Some(&identity), "").await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    assert_eq!(emulator.token_requests().last().unwrap().rejection(), Some(Rejection::Expired));
}

#[tokio::test]
async fn the_metadata_service_refuses_what_it_should() {
    let emulator = Emulator::start().await.unwrap();
    let url = |query: &str| format!("{}/instance_identity/v1/token{query}", emulator.ibm().metadata_url());
    let right = "?version=2022-03-01";
    let flavor = [("metadata-flavor", "ibm")];
    for (query, headers, body) in [
        ("", &flavor[..], ""),
        ("?version=2021-01-01", &flavor, ""),
        ("?version=2022-03-01&version=2022-03-01", &flavor, ""),
        (right, &[], ""),
        (right, &[("metadata-flavor", "google")], ""),
        (right, &flavor, "no json"),
        (right, &flavor, r#"{"expires_in": 4}"#),
        (right, &flavor, r#"{"expires_in": 3601}"#),
        (right, &flavor, r#"{"expires_in": "300"}"#),
    ] {
        let reply = send(Method::PUT, &url(query), headers, body.to_owned()).await.unwrap();
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{query} {headers:?} {body}");
        assert!(reply.json()["errors"][0]["message"].is_string());
    }
    assert_eq!(send(Method::POST, &url(right), &flavor, "").await.unwrap().status, StatusCode::METHOD_NOT_ALLOWED);
    let unasked = metadata(&emulator, Method::POST, "iam_token", None, "").await;
    assert_eq!(unasked.status, StatusCode::UNAUTHORIZED);
    let iam = metadata(&emulator, Method::POST, "iam_token", Some(&emulator.issue_token()), "").await;
    assert_eq!(iam.status, StatusCode::UNAUTHORIZED, "an access token is no identity token");
}

#[tokio::test]
async fn a_metadata_service_can_hang_as_any_token_endpoint_can() {
    let emulator = Emulator::start().await.unwrap();
    let gate = Gate::new();
    emulator.token_faults().once(Fault::Hold(gate.clone()));
    let held = metadata(&emulator, Method::PUT, "token", None, "");
    let opened = async {
        emulator.wait_for_token_requests(1).await;
        gate.open();
    };
    assert_eq!(tokio::join!(held, opened).0.status, StatusCode::OK);
    assert_eq!(emulator.token_faults().pending(), 0);
}

async fn post(emulator: &Emulator, grant: &str, fields: &[(&str, &str)]) -> Reply {
    let body = form(&[&[("grant_type", grant)], fields].concat());
    send(Method::POST, &emulator.token_url(), &[("content-type", FORM)], body).await.unwrap()
}

async fn metadata(emulator: &Emulator, method: Method, name: &str, token: Option<&str>, body: &str) -> Reply {
    let url = format!("{}/instance_identity/v1/{name}?version=2022-03-01", emulator.ibm().metadata_url());
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("metadata-flavor", "ibm"), ("content-type", "application/json")];
    headers.extend(bearer.as_deref().map(|value| ("authorization", value)));
    send(method, &url, &headers, body.to_owned()).await.unwrap()
}

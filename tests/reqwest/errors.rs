//! Errors: ours is found, and none shows where the request went.

use std::error::Error as StdError;
use std::iter;

use auth_core::{Authenticator, ErrorKind};
use auth_emulator::{ClosedPort, Emulator, Fault, Origin, StatusCode};
use auth_reqwest::{AuthMiddleware, Error, ErrorExt, RequestBuilderExt};
use reqwest_middleware::ClientBuilder;
use reqwest_retry::RetryError;

use super::fixture::{Inside, Stage, over, plain};
use crate::rig::{Api, Counting, ORIGIN};

/// In user, password, path and query of a URL.
const CANARIES: [&str; 4] = ["canary-user", "canary-password", "canary-path", "canary-query"];

/// A URL on this host with a canary wherever one has room.
fn url(host: &str) -> String {
    let [user, password, path, query] = CANARIES;
    format!("http://{user}:{password}@{host}/api/{path}?key={query}")
}

/// Everything that an error says, and its causes.
fn said(error: &(dyn StdError + 'static)) -> String {
    let chain = iter::successors(Some(error), |&error| error.source());
    chain.map(|error| format!("{error}\n{error:#}\n{error:?}\n{error:#?}\n")).collect()
}

#[track_caller]
fn check(error: &(dyn StdError + 'static)) {
    let said = said(error);
    for canary in CANARIES {
        assert!(!said.contains(canary), "{canary} in {said}");
    }
    assert!(!said.contains("http://") && !said.contains("/api/"), "a URL in {said}");
}

/// The errors of the same request through the middleware, and through `send_with`.
async fn errors(auth: &Authenticator, url: &str) {
    let error = over(plain(), auth).get(url).send().await.unwrap_err();
    check(&error);
    let error = plain().get(url).send_with(auth).await.unwrap_err();
    check(&error);
    let error = reqwest_middleware::Error::from(error);
    check(&error);
}

#[tokio::test]
async fn our_error_is_found_by_those_who_know_it_and_by_those_who_downcast() {
    let (api, source) = (Api::default(), Counting::default());
    let client = ClientBuilder::new(plain()).with(AuthMiddleware::new(source.auth())).with(Inside(api.clone())).build();
    source.fail_once(auth_core::Error::misconfigured("the key is not set"));
    let error = client.get(ORIGIN).send().await.unwrap_err();
    assert_eq!(error.auth().unwrap().kind(), ErrorKind::Misconfigured);
    let reqwest_middleware::Error::Middleware(inside) = &error else { panic!("a middleware's error") };
    assert_eq!(inside.downcast_ref::<auth_core::Error>().unwrap().kind(), ErrorKind::Misconfigured);
    assert!(error.to_string().contains("was not sent") && error.to_string().contains("the key is not set"), "{error}");
    assert!(api.got().is_empty());
}

#[tokio::test]
async fn an_error_of_another_middleware_is_none_of_ours() {
    let error = reqwest_middleware::Error::Middleware(anyhow::anyhow!("something else"));
    assert!(error.auth().is_none());
    let ours = Error::<reqwest::Error>::Auth(auth_core::Error::transient("down"));
    assert!(ours.auth().is_some());
    assert!(reqwest_middleware::Error::from(ours).auth().is_some());
}

/// A middleware of somebody's own that asked for a token may hand the error on without our words around it.
#[test]
fn our_error_is_found_where_another_middleware_put_it_bare() {
    let bare = || reqwest_middleware::Error::middleware(auth_core::Error::transient("down"));
    assert!(bare().auth().is_some());
    let retried = reqwest_middleware::Error::middleware(RetryError::WithRetries { retries: 2, err: bare() });
    assert!(retried.auth().is_some_and(auth_core::Error::is_transient), "{retried:?}");
}

/// What wraps transparently, as reqwest-retry does before the first retry, shows an error's causes and hides the error.
#[test]
fn our_error_is_a_cause_because_some_wrappers_hide_what_they_wrap() {
    let hidden = |error| reqwest_middleware::Error::middleware(RetryError::Error(error));
    let bare = reqwest_middleware::Error::middleware(auth_core::Error::transient("down"));
    assert!(hidden(bare).auth().is_none());
    let ours = || reqwest_middleware::Error::from(Error::<reqwest::Error>::Auth(auth_core::Error::transient("down")));
    assert!(hidden(ours()).auth().is_some() && hidden(hidden(ours())).auth().is_some());
}

#[tokio::test]
async fn a_connection_that_is_refused_shows_no_url() {
    let nobody = ClosedPort::new().unwrap();
    let gone = nobody.address();
    let auth = Counting::default().builder().for_origins([format!("http://{gone}")]).build().unwrap();
    errors(&auth, &url(&gone.to_string())).await;
    // Without TLS.
    errors(&auth, &url(&gone.to_string()).replacen("http", "https", 1)).await;
}

#[tokio::test]
async fn a_connection_that_breaks_and_a_redirect_without_an_end_show_no_url() {
    let stage = Stage::new().await;
    let host = stage.emulator.url().strip_prefix("http://").unwrap();
    stage.emulator.api_faults().always(Fault::Reset);
    errors(&stage.auth, &url(host)).await;
    stage.emulator.api_faults().always(Fault::Redirect { status: StatusCode::FOUND, to: Origin::Main });
    errors(&stage.auth, &url(host)).await;
}

#[tokio::test]
async fn a_url_that_is_none_shows_nothing_of_itself() {
    let stage = Stage::new().await;
    for wrong in [url("127.0.0.1:99999999"), url("a host"), url("").replacen("http", "ftp", 1)] {
        errors(&stage.auth, &wrong).await;
    }
    let error = plain().get(format!("canary-path:{}", url("x"))).send_with(&stage.auth).await.unwrap_err();
    check(&error);
}

/// A middleware is not asked about a request that could not be built.
#[tokio::test]
async fn a_url_that_reqwest_builds_no_request_for_is_shown_by_reqwest_itself() {
    let stage = Stage::new().await;
    let wrong = format!("canary-path:{}", url("x"));
    let error = over(plain(), &stage.auth).get(wrong).send().await.unwrap_err();
    assert!(error.is_builder() && said(&error).contains("canary-path"), "{error}");
    check(&error.without_url());
}

/// Nor about what happens once the response is handed on.
#[tokio::test]
async fn a_body_that_breaks_off_and_a_status_made_an_error_are_shown_by_reqwest_itself() {
    let stage = Stage::new().await;
    let url = stage.url("/canary-path?key=canary-query");
    stage.emulator.api_faults().once(Fault::Truncated);
    let response = over(plain(), &stage.auth).get(&url).send().await.unwrap();
    let error = response.bytes().await.unwrap_err();
    assert!(said(&error).contains("canary-query"), "{error}");
    check(&Error::from(error));
    stage.emulator.api_faults().once(Fault::Answer(auth_emulator::Answer::new(StatusCode::NOT_FOUND)));
    let response = over(plain(), &stage.auth).get(&url).send().await.unwrap();
    let error = response.error_for_status().unwrap_err();
    assert!(said(&error).contains("canary-query"), "{error}");
    check(&Error::from(error));
}

#[tokio::test]
async fn a_refused_token_request_shows_no_url_and_no_key() {
    let stage = Stage::new().await;
    let host = stage.emulator.url().strip_prefix("http://").unwrap();
    stage.emulator.set_api_keys(["another"]);
    let url = url(host).replacen("canary-user:canary-password@", "", 1);
    errors(&stage.auth, &url).await;
    let error = plain().get(url).send_with(&stage.auth).await.unwrap_err();
    assert_eq!(error.auth().unwrap().kind(), ErrorKind::Rejected);
    assert!(!said(&error).contains(Emulator::API_KEY));
}

#[tokio::test]
async fn a_plain_http_url_elsewhere_is_refused_without_being_shown() {
    let auth = Counting::default().builder().for_origins(["http://api.example.com"]).build().unwrap();
    let url = url("api.example.com").replacen("canary-user:canary-password@", "", 1);
    errors(&auth, &url).await;
    let error = plain().get(url).send_with(&auth).await.unwrap_err();
    assert_eq!(error.auth().unwrap().kind(), ErrorKind::InsecureTransport);
}

//! IBM Cloud: an API key, as IBM's Python SDK exchanges it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::exchange::TokenEndpoint;
use auth_core::runtime::FakeRuntime;
use auth_core::sources::ApiKey;
use auth_core::{Authenticator, Error, ErrorKind, Transport, async_trait};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::Value;

use super::recording::recording;

/// Keeps what was sent and answers what it was told.
#[derive(Clone)]
struct Recorder {
    sent: Arc<Mutex<Vec<Request<Bytes>>>>,
    status: StatusCode,
    body: &'static str,
}

#[async_trait]
impl Transport for Recorder {
    async fn send(&self, request: Request<Bytes>, _limit: usize) -> Result<Response<Bytes>, Error> {
        self.sent.lock().unwrap().push(request);
        Ok(Response::builder().status(self.status).body(Bytes::from_static(self.body.as_bytes())).unwrap())
    }
}

/// Sends one token request as `source` makes it.
fn send(source: ApiKey, status: StatusCode, body: &'static str) -> (Request<Bytes>, Result<(), Error>) {
    let recorder = Recorder { sent: Arc::default(), status, body };
    let runtime = FakeRuntime::new();
    let auth =
        Authenticator::builder(source).anywhere().transport(recorder.clone()).runtime(runtime.clone()).build().unwrap();
    let result = runtime.block_on(auth.token(Duration::ZERO)).map(drop);
    let mut sent = recorder.sent.lock().unwrap();
    assert_eq!(sent.len(), 1);
    (sent.pop().unwrap(), result)
}

const TOKEN: &str = r#"{"access_token":"t","token_type":"Bearer","expires_in":3600}"#;

fn source(recording: &Value) -> Result<ApiKey, Error> {
    let args = &recording["inputs"]["args"];
    let text = |name: &str| args[name].as_str();
    let url = text("url").unwrap_or("http://127.0.0.1:1");
    let mut source = ApiKey::new(TokenEndpoint::parse(&format!("{url}/identity/token"))?, text("apikey").unwrap())?;
    if let Some(scope) = text("scope") {
        source = source.scope(scope);
    }
    if let (Some(id), Some(secret)) = (text("client_id"), text("client_secret")) {
        source = source.client(id, secret);
    }
    Ok(source)
}

fn check(case: &str) -> Request<Bytes> {
    let recording = recording(case);
    let (sent, result) = send(source(&recording).unwrap(), StatusCode::OK, TOKEN);
    result.unwrap();
    let recorded = &recording["request"];
    assert_eq!(sent.method(), recorded["method"].as_str().unwrap(), "{case}");
    assert_eq!(sent.uri().path(), recorded["path"].as_str().unwrap(), "{case}");
    for name in ["accept", "content-type"] {
        let headers = recorded["headers"].as_object().unwrap();
        let (_, value) = headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).unwrap();
        assert_eq!(sent.headers()[name], value.as_str().unwrap(), "{case}: {name}");
    }
    let form: BTreeMap<_, _> = form_urlencoded::parse(sent.body()).into_owned().collect();
    let recorded: BTreeMap<String, String> = serde_json::from_value(recorded["form"].clone()).unwrap();
    assert_eq!(form, recorded, "{case}");
    sent
}

#[test]
fn an_api_key_is_exchanged_as_ibms_own_client_does_it() {
    for case in ["ibm-iam-apikey-plain", "ibm-iam-apikey-scope"] {
        let sent = check(case);
        assert!(!sent.headers().contains_key("authorization"), "{case}");
    }
}

/// The recorded client writes Latin-1; IAM reads UTF-8, which is the same for everything a secret usually has.
#[test]
fn a_client_secret_goes_as_basic_in_utf_8_and_not_into_the_form() {
    let sent = check("ibm-iam-apikey-client-id-secret");
    let value = sent.headers()["authorization"].to_str().unwrap();
    let pair = STANDARD.decode(value.strip_prefix("Basic ").unwrap()).unwrap();
    assert_eq!(String::from_utf8(pair).unwrap(), "my-client:my:secret/ü");
    assert!(sent.headers()["authorization"].is_sensitive());
}

#[test]
fn ibms_error_answer_is_a_rejection_in_its_own_words() {
    let recording = recording("ibm-err-iam-400");
    let message = recording["result"]["message"].as_str().unwrap();
    let body = r#"{"errorCode":"BXNIM0415E","errorMessage":"Provided API key could not be found.","context":{}}"#;
    let (_, result) = send(source(&recording).unwrap(), StatusCode::BAD_REQUEST, body);
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert_eq!((error.code(), error.description(), error.status()), (Some("BXNIM0415E"), Some(message), Some(400)));
    assert!(error.to_string().contains("the API key"), "{error}");
}

#[test]
fn a_pasted_placeholder_is_refused_before_anything_is_sent() {
    let endpoint = TokenEndpoint::parse("https://iam.cloud.ibm.com/identity/token").unwrap();
    for key in ["{abc}", "\"abc\"", "{abc", "abc}", "abc\"", "<your-key>"] {
        let error = ApiKey::new(endpoint.clone(), key).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured, "{key}");
        assert!(error.to_string().contains("API key"), "{error}");
    }
}

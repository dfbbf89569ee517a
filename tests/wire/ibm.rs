//! IBM Cloud and watsonx.ai: what `ibm-cloud-sdk-core` and `ibm-watsonx-ai` send.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::systems::ibm::{AuthType, IdsIn};
use auth_core::systems::{IbmCloud, Watsonx};
use auth_core::{Access, Env, Error, ErrorKind, ScriptedTransport};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Request, Uri};
use serde_json::Value;

use super::recording::recording;

/// A folder in place of the recording's `TMPDIR`, with its files.
struct Folder(PathBuf);

impl Folder {
    fn of(case: &str, inputs: &Value) -> Self {
        let folder = Self(std::env::temp_dir().join(format!("auth-wire-{case}-{}", std::process::id())));
        fs::create_dir_all(folder.0.join("sub")).unwrap();
        for (path, content) in inputs["files"].as_object().into_iter().flatten() {
            fs::write(folder.path(path), content.as_str().unwrap()).unwrap();
        }
        folder
    }

    fn path(&self, recorded: &str) -> String {
        recorded.replace("TMPDIR", &self.0.display().to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

/// The service, as the recorded client was told of it.
fn cloud(inputs: &Value, folder: &Folder) -> IbmCloud {
    if let Some(service) = inputs["service_name"].as_str() {
        let variables = inputs["env"].as_object().unwrap();
        let variables = variables.iter().map(|(name, value)| (name.clone(), folder.path(value.as_str().unwrap())));
        let env = Env::of(variables).in_directory(folder.path(inputs["cwd"].as_str().unwrap()));
        return IbmCloud::from_env(service, &env).default_url("http://127.0.0.1:1");
    }
    let args = &inputs["args"];
    let kind = match args["class"].as_str() {
        Some("IAMAssumeAuthenticator") => Some(AuthType::IamAssume),
        Some("ContainerAuthenticator") => Some(AuthType::Container),
        Some(_) => None,
        None if args["apikey"].is_null() => Some(AuthType::Vpc),
        None => None,
    };
    let cloud = IbmCloud::new().url("http://127.0.0.1:1");
    let cloud = kind.into_iter().fold(cloud, IbmCloud::auth_type);
    args.as_object().unwrap().iter().fold(cloud, |cloud, (name, value)| {
        let value = folder.path(value.as_str().unwrap());
        match name.as_str() {
            "class" => cloud,
            "apikey" => cloud.api_key(value),
            "bearer_token" => cloud.token(value),
            "client_id" => cloud.client_id(value),
            "client_secret" => cloud.client_secret(value),
            "cr_token_filename" => cloud.cr_token_file(value),
            "iam_profile_id" => cloud.profile_id(value),
            "iam_profile_name" => cloud.profile_name(value),
            "scope" => cloud.scope(value),
            "url" => cloud.auth_url(value),
            _ => panic!("nobody knows the argument {name}"),
        }
    })
}

fn recorded_requests(recording: &Value) -> Vec<&Value> {
    match recording["requests"].as_array() {
        Some(requests) => requests.iter().collect(),
        None => vec![&recording["request"]],
    }
}

fn is_for_a_token(recorded: &Value) -> bool {
    let path = recorded["path"].as_str().unwrap();
    path.starts_with("/identity/token") || path.starts_with("/instance_identity/")
}

/// A header of a recorded request, whatever its case.
fn header<'a>(recorded: &'a Value, name: &str) -> Option<&'a str> {
    let mut headers = recorded["headers"].as_object().unwrap().iter();
    headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
}

fn form(body: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// Fetches a token and attaches it, with the answers that the recorded client was given; what was sent, and attached.
fn run(access: &Access, tokens: &[&str]) -> (Vec<Request<Bytes>>, HeaderMap) {
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    for token in tokens {
        server.answer(200, serde_json::json!({ "access_token": token, "expires_in": 3600 }).to_string());
    }
    let auth = access.builder().transport(server.clone()).runtime(clock.clone()).build().unwrap();
    clock.block_on(auth.token(Duration::ZERO)).unwrap();
    let mut headers = HeaderMap::new();
    auth.attach(&access.endpoint().join("/x").unwrap(), &mut headers).unwrap();
    (server.requests(), headers)
}

/// The token that a recorded request carries, be it to the API or to the next step.
fn token_of(recorded: &Value) -> Option<&str> {
    header(recorded, "authorization")
        .and_then(|value| value.strip_prefix("Bearer "))
        .or(recorded["form"]["access_token"].as_str())
}

/// Replays a recording: the same requests for tokens, and the same credential on the request to the API.
fn check(case: &str) -> Vec<Request<Bytes>> {
    let recording = recording(case);
    let folder = Folder::of(case, &recording["inputs"]);
    let access = cloud(&recording["inputs"], &folder).access().unwrap();
    let all = recorded_requests(&recording);
    let (for_tokens, api): (Vec<&Value>, Vec<&Value>) = all.iter().copied().partition(|value| is_for_a_token(value));
    // What each answer brought is what the next request carried.
    let tokens: Vec<&str> =
        (1..=for_tokens.len()).map(|at| all.get(at).and_then(|next| token_of(next)).unwrap_or("t")).collect();
    let (sent, attached) = run(&access, &tokens);

    assert_eq!(sent.len(), for_tokens.len(), "{case}");
    for (sent, recorded) in sent.iter().zip(&for_tokens) {
        assert_eq!(sent.method(), recorded["method"].as_str().unwrap(), "{case}");
        assert_eq!(sent.uri().path_and_query().unwrap(), recorded["path"].as_str().unwrap(), "{case}");
        for name in ["accept", "authorization", "content-type", "metadata-flavor"] {
            let ours = sent.headers().get(name).map(|value| value.to_str().unwrap());
            if name != "authorization" || case != "ibm-iam-apikey-client-id-secret" {
                assert_eq!(ours, header(recorded, name), "{case}: {name}");
            }
        }
        if recorded["form"].is_object() {
            let mut wanted: BTreeMap<String, String> = serde_json::from_value(recorded["form"].clone()).unwrap();
            // A line end is no part of a token.
            wanted.entry("cr_token".to_owned()).and_modify(|token| *token = token.trim_end().to_owned());
            assert_eq!(form(sent.body()), wanted, "{case}");
        } else {
            assert_eq!(serde_json::from_slice::<Value>(sent.body()).unwrap(), recorded["json"], "{case}");
        }
    }
    for recorded in api {
        assert_eq!(attached["authorization"], header(recorded, "authorization").unwrap(), "{case}");
    }
    sent
}

#[test]
fn tokens_are_asked_for_and_attached_as_ibms_own_client_does_it() {
    for (case, requests) in [
        ("ibm-bearer-token", 0),
        ("ibm-container-profile-name", 1),
        ("ibm-credfile-home", 1),
        ("ibm-env-iam", 1),
        ("ibm-iam-apikey-plain", 1),
        ("ibm-iam-apikey-scope", 1),
        ("ibm-iam-assume-profile-id", 2),
        ("ibm-vpc-profile-id", 2),
    ] {
        assert_eq!(check(case).len(), requests, "{case}");
    }
}

/// The recorded client writes Latin-1; IAM reads UTF-8, which is the same for everything a secret usually has.
#[test]
fn a_client_secret_goes_as_basic_in_utf_8_and_not_into_the_form() {
    let sent = check("ibm-iam-apikey-client-id-secret");
    let value = &sent[0].headers()["authorization"];
    let pair = STANDARD.decode(value.to_str().unwrap().strip_prefix("Basic ").unwrap()).unwrap();
    assert_eq!(String::from_utf8(pair).unwrap(), "my-client:my:secret/ü");
    assert!(value.is_sensitive());
}

#[test]
fn a_service_url_of_the_environment_is_where_requests_go() {
    let recording = recording("ibm-env-iam");
    let folder = Folder::of("ibm-env-iam-url", &recording["inputs"]);
    let access = cloud(&recording["inputs"], &folder).access().unwrap();
    let api = recorded_requests(&recording)[1];
    assert_eq!(access.endpoint().join("/x").unwrap().path(), api["path"].as_str().unwrap());
}

#[test]
fn what_ibms_client_refuses_is_refused_before_anything_is_sent() {
    for (case, names) in [("ibm-err-apikey-braces", "`api_key`"), ("ibm-err-client-id-only", "`client_secret`")] {
        let recording = recording(case);
        let folder = Folder::of(case, &recording["inputs"]);
        let error = cloud(&recording["inputs"], &folder).access().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured, "{case}");
        assert!(error.to_string().contains(names), "{case}: {error}");
    }
}

#[test]
fn ibms_error_answer_is_a_rejection_in_its_own_words() {
    let recording = recording("ibm-err-iam-400");
    let folder = Folder::of("ibm-err-iam-400", &recording["inputs"]);
    let access = cloud(&recording["inputs"], &folder).access().unwrap();
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    let message = recording["result"]["message"].as_str().unwrap();
    server.answer(
        400,
        serde_json::json!({ "errorCode": "BXNIM0415E", "errorMessage": message, "context": {} }).to_string(),
    );
    let auth = access.builder().transport(server.clone()).runtime(clock.clone()).build().unwrap();
    let error: Error = clock.block_on(auth.token(Duration::ZERO)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert_eq!((error.code(), error.description(), error.status()), (Some("BXNIM0415E"), Some(message), Some(400)));
    assert!(error.to_string().contains("the API key"), "{error}");
    let requests = server.requests();
    assert_eq!(requests.len(), 1, "the same question would get the same answer");
    let wanted: BTreeMap<String, String> = serde_json::from_value(recording["request"]["form"].clone()).unwrap();
    assert_eq!(form(requests[0].body()), wanted);
}

/// watsonx.ai, as the recorded client was told of it, with its endpoints over plain http: it is loopback.
fn watsonx(inputs: &Value) -> Watsonx {
    let common = |name: &str| inputs["common_args"][name].as_str().unwrap().replace("https://", "http://");
    Watsonx::new()
        .url(common("url"))
        .auth_url(common("auth_url"))
        .api_key(inputs["args"]["api_key"].as_str().unwrap_or_default())
}

/// The token request is the one of IBM Cloud: see the table.
fn check_token_request(case: &str, sent: &Request<Bytes>, recorded: &Value) {
    assert_eq!(sent.method(), recorded["method"].as_str().unwrap(), "{case}");
    assert_eq!(sent.uri().path(), recorded["path"].as_str().unwrap(), "{case}");
    assert_eq!(header(recorded, "authorization"), Some("Basic Yng6Yng="), "{case}");
    assert!(!sent.headers().contains_key("authorization"), "{case}: bx:bx is nobody");
    let mut wanted: BTreeMap<String, String> = serde_json::from_value(recorded["form"].clone()).unwrap();
    wanted.insert("response_type".to_owned(), "cloud_iam".to_owned());
    assert_eq!(form(sent.body()), wanted, "{case}");
}

#[test]
fn watsonx_exchanges_a_key_without_a_placeholder_for_a_client() {
    for case in ["watsonx-apikey-client-init", "watsonx-apikey-generate-project", "watsonx-headers-container-id"] {
        let recording = recording(case);
        let access = watsonx(&recording["inputs"]).access().unwrap();
        let (sent, _) = run(&access, &["t"]);
        assert_eq!(sent.len(), 1, "{case}");
        check_token_request(case, &sent[0], recorded_requests(&recording)[0]);
    }
}

#[test]
fn text_generation_carries_token_version_and_project() {
    let recording = recording("watsonx-apikey-generate-project");
    let recorded = &recording["request"];
    let args = &recording["inputs"]["args"];
    let access = watsonx(&recording["inputs"]).project_id(args["project_id"].as_str().unwrap()).access().unwrap();
    let (_, mut headers) = run(&access, &[token_of(recorded).unwrap()]);
    assert_eq!(headers["authorization"], header(recorded, "authorization").unwrap());
    let mut uri = access.endpoint().join("/ml/v1/text/generation").unwrap();
    access.context().apply(&mut uri, &mut headers);
    assert_eq!(uri.path_and_query().unwrap(), recorded["path"].as_str().unwrap());
    let fields: Vec<(&str, &str)> = access.context().body_fields().collect();
    assert_eq!(fields, [("project_id", recorded["json"]["project_id"].as_str().unwrap())]);
}

#[test]
fn a_project_goes_as_a_header_where_that_is_asked_for() {
    let recording = recording("watsonx-headers-container-id");
    let generated = &recording["generated_headers"];
    let id = generated["X-IBM-PROJECT-ID"].as_str().unwrap();
    let access = watsonx(&recording["inputs"]).project_id(id).ids_in(IdsIn::Header).access().unwrap();
    let token = generated["Authorization"].as_str().unwrap().strip_prefix("Bearer ").unwrap();
    let (_, mut headers) = run(&access, &[token]);
    access.context().apply(&mut Uri::from_static("https://h/"), &mut headers);
    assert_eq!(headers["authorization"], generated["Authorization"].as_str().unwrap());
    assert_eq!(headers["x-ibm-project-id"], id);
}

#[test]
fn watsonx_wants_https_and_a_credential() {
    let recording = recording("watsonx-err-no-credentials");
    let error = watsonx(&recording["inputs"]).access().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("`api_key`"), "{error}");
    let error = Watsonx::new().url("http://us-south.ml.cloud.ibm.com").api_key("k").access().unwrap_err();
    assert!(error.to_string().contains("https"), "{error}");
    // Refused by the recorded client; here loopback is as good as https.
    let recording = super::recording::recording("watsonx-err-http-url");
    let url = recording["inputs"]["args"]["url"].as_str().unwrap();
    Watsonx::new().url(url).api_key("k").access().unwrap();
}

use std::time::Duration;

use auth_emulator::{Emulator, Rejection, StatusCode, systems::Skyflow};
use http::Method;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::{
    assertion::{self, claims, now},
    client::{Reply, send},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

pub(crate) struct Account(pub(crate) Value);

impl Account {
    pub(crate) fn new(emulator: &Emulator) -> Self {
        Self(serde_json::from_str(&emulator.skyflow().credentials_json()).unwrap())
    }

    pub(crate) async fn exchange(&self, emulator: &Emulator) -> Reply {
        post(emulator, &json!({"grant_type": GRANT, "assertion": self.assertion(json!({}))}), &[]).await
    }

    fn assertion(&self, more: Value) -> String {
        let mut claims = json!({
            "iss": self.0["clientID"], "sub": self.0["clientID"], "key": self.0["keyID"], "aud": self.0["tokenURI"],
            "exp": now() + 3600,
        });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assertion::sign(Algorithm::RS256, "JWT", &claims, self.0["privateKey"].as_str().unwrap())
    }
}

#[tokio::test]
async fn an_assertion_buys_a_token_without_a_lifetime() {
    let emulator = Emulator::start().await.unwrap();
    let account = Account::new(&emulator);
    // The second is how the Python client writes it, with its `Authorization` that nobody asked for.
    for (body, headers) in [
        (json!({"grant_type": GRANT, "assertion": account.assertion(json!({}))}), &[][..]),
        (
            json!({"grant_type": GRANT, "assertion": account.assertion(json!({})), "scope": null}),
            &[("authorization", "Bearer token")],
        ),
    ] {
        let reply = post(&emulator, &body, headers).await;
        assert_eq!(reply.status, StatusCode::OK);
        let answer = reply.json();
        assert_eq!(answer.as_object().unwrap().len(), 2);
        assert_eq!(answer["tokenType"], "Bearer");
        assert!(reply.header("x-request-id").is_some());
        let token = answer["accessToken"].as_str().unwrap();
        assert_eq!(claims(token)["sub"], account.0["clientID"]);
        assert_eq!(emulator.token_requests().last().unwrap().note().is_some(), !headers.is_empty());
        assert_eq!(get(&emulator, token).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn context_and_roles_become_claims() {
    let emulator = Emulator::start().await.unwrap();
    let account = Account::new(&emulator);
    for context in [json!("user-42"), json!({"role_1": "admin", "n": 1}), json!(7), json!(true)] {
        let assertion = account.assertion(json!({"ctx": context}));
        let token = bought(&emulator, &assertion, Some("role:r1 role:r2")).await;
        let claims = emulator.skyflow().verify(&token).unwrap();
        assert_eq!((&claims["ctx"], &claims["roles"]), (&context, &json!(["r1", "r2"])));
    }
    let claims = emulator.skyflow().verify(&bought(&emulator, &account.assertion(json!({})), None).await).unwrap();
    assert!(claims.get("ctx").is_none() && claims.get("roles").is_none());
}

#[tokio::test]
async fn a_request_that_is_not_right_is_refused_in_skyflow_s_shape() {
    let emulator = Emulator::start().await.unwrap();
    let account = Account::new(&emulator);
    let other = Account::new(&emulator);
    let good = || account.assertion(json!({}));
    let check = async |body: Value, status: u16, grpc_code: u64, words: &str| {
        let reply = post(&emulator, &body, &[]).await;
        let error = &reply.json()["error"];
        assert_eq!((reply.status.as_u16(), &error["http_code"]), (status, &json!(status)), "{body}");
        assert_eq!((&error["grpc_code"], &error["details"]), (&json!(grpc_code), &json!([])));
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(words) && error["http_status"].is_string(), "{message}, not {words}");
        assert!(reply.header("x-request-id").is_some());
    };
    let with = |claims: Value| json!({"grant_type": GRANT, "assertion": account.assertion(claims)});
    check(json!([]), 400, 3, "JSON").await;
    check(json!({"grant_type": "other", "assertion": good()}), 400, 3, "grant_type").await;
    check(json!({"grant_type": GRANT}), 400, 3, "assertion").await;
    check(json!({"grant_type": GRANT, "assertion": good(), "scope": "role:r1 role:unknown"}), 403, 7, "role").await;
    check(json!({"grant_type": GRANT, "assertion": good(), "scope": "r1"}), 400, 3, "scope").await;
    check(json!({"grant_type": GRANT, "assertion": good(), "scope": ["role:r1"]}), 400, 3, "scope").await;
    check(with(json!({"ctx": {"not a word": 1}})), 400, 3, "context").await;
    check(with(json!({"ctx": [1]})), 400, 3, "context").await;
    check(with(json!({"exp": now() + 3700})), 401, 16, "too long").await;
    check(with(json!({"sub": other.0["clientID"]})), 401, 16, "subject").await;
    check(with(json!({"key": other.0["keyID"]})), 401, 16, "key").await;
    check(with(json!({"iss": "nobody"})), 401, 16, "issuer").await;
    check(with(json!({"aud": emulator.skyflow().management_url()})), 401, 16, "audience").await;
    let header = [("content-type", "text/plain")];
    let reply =
        send(Method::POST, &emulator.skyflow().token_url(), &header, with(json!({})).to_string()).await.unwrap();
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_account_of_another_emulator_is_nobody_here() {
    let (emulator, other) = (Emulator::start().await.unwrap(), Emulator::start().await.unwrap());
    let account = Account::new(&other);
    let assertion = account.assertion(json!({"aud": emulator.skyflow().token_url()}));
    post(&emulator, &json!({"grant_type": GRANT, "assertion": assertion}), &[]).await;
    assert_eq!(emulator.token_requests()[0].rejection(), Some(Rejection::Issuer));
}

#[tokio::test]
async fn a_key_of_another_account_is_not_this_one_s() {
    let emulator = Emulator::start().await.unwrap();
    let accounts = [(); 3].map(|()| Account::new(&emulator));
    for (mine, other) in [(0, 1), (1, 2), (2, 0)] {
        let mut mixed_up = Account(accounts[mine].0.clone());
        mixed_up.0["privateKey"] = accounts[other].0["privateKey"].clone();
        assert_eq!(mixed_up.exchange(&emulator).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(emulator.token_requests().last().unwrap().rejection(), Some(Rejection::Signature));
        assert_eq!(accounts[mine].exchange(&emulator).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn tokens_of_the_sdk_live_an_hour_and_those_of_the_console_a_day() {
    let emulator = Emulator::start().await.unwrap();
    let (sdk, console) = (emulator.skyflow().token(), emulator.skyflow().console_token());
    for (hours, sdk_status, console_status) in [(0, 200, 200), (1, 401, 200), (23, 401, 401)] {
        emulator.advance(Duration::from_secs(hours * 3600 + hours.min(1) * 2));
        assert_eq!(get(&emulator, &sdk).await.status, sdk_status);
        assert_eq!(get(&emulator, &console).await.status, console_status);
    }
}

#[tokio::test]
async fn the_vault_takes_a_record_and_gives_it_back() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.skyflow().token();
    let found = get(&emulator, &token).await.json();
    assert_eq!(found["records"][0]["fields"]["name"], "Ada Lovelace");
    let table = format!("{}/v1/vaults/{}/notes", emulator.skyflow().vault_url(), Skyflow::VAULT_ID);
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let body = json!({"records": [{"fields": {"text": "a"}}, {"fields": {"text": "b"}}], "tokenization": false});
    let inserted = send(Method::POST, &table, &headers, body.to_string()).await.unwrap().json();
    let id = inserted["records"][1]["skyflow_id"].as_str().unwrap();
    let found = send(Method::GET, &format!("{table}?skyflow_ids={id}&tokenization=false"), &headers, "").await.unwrap();
    assert_eq!(found.json(), json!({"records": [{"fields": {"text": "b", "skyflow_id": id}}]}));
    for (url, status) in [(format!("{table}?skyflow_ids=none"), 404), (table.replace(Skyflow::VAULT_ID, "other"), 404)]
    {
        assert_eq!(send(Method::GET, &url, &headers, "").await.unwrap().status, status);
    }
    assert_eq!(send(Method::POST, &table, &headers, "{}").await.unwrap().status, StatusCode::BAD_REQUEST);
    assert_eq!(send(Method::GET, &table, &[], "").await.unwrap().status, StatusCode::UNAUTHORIZED);
    let raw = [("x-skyflow-authorization", token.as_str())];
    assert_eq!(send(Method::GET, &table, &raw, "").await.unwrap().status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_gateway_takes_the_raw_token_in_its_own_header() {
    let emulator = Emulator::start().await.unwrap();
    let url = format!("{}/seg?q=1", emulator.skyflow().connection_url());
    let (token, key) = (emulator.skyflow().token(), emulator.skyflow().api_key());
    let bearer = format!("Bearer {token}");
    for (header, status) in [
        (("x-skyflow-authorization", token.as_str()), 200),
        (("x-skyflow-authorization", key.as_str()), 200),
        (("x-skyflow-authorization", bearer.as_str()), 401),
        (("authorization", bearer.as_str()), 401),
    ] {
        let reply = send(Method::POST, &url, &[header], r#"{"a": 1}"#).await.unwrap();
        assert_eq!(reply.status, status);
        if status == 200 {
            let saw = reply.json();
            assert_eq!((&saw["body"], &saw["query"]), (&json!({"a": 1}), &json!("q=1")));
            assert_eq!(saw["path"], "/v1/gateway/outboundRoutes/emulator/seg");
        }
    }
}

#[tokio::test]
async fn a_signed_data_token_is_detokenized_as_long_as_it_lives() {
    let emulator = Emulator::start().await.unwrap();
    let account = Account::new(&emulator);
    let signed = |exp: u64| {
        let claims = json!({
            "iss": "sdk", "key": account.0["keyID"], "sub": account.0["clientID"], "tok": "dt1", "iat": now(), "exp": exp,
        });
        let pem = account.0["privateKey"].as_str().unwrap();
        format!("signed_token_{}", assertion::sign(Algorithm::RS256, "JWT", &claims, pem))
    };
    let url = format!("{}/v1/vaults/{}/detokenize", emulator.skyflow().vault_url(), Skyflow::VAULT_ID);
    let bearer = format!("Bearer {}", emulator.skyflow().token());
    let detokenize = async |token: &str| {
        let body = json!({"detokenizationParameters": [{"token": token}]}).to_string();
        send(Method::POST, &url, &[("authorization", &bearer)], body).await.unwrap()
    };
    assert_eq!(detokenize(&signed(now() + 60)).await.json()["records"][0]["value"], "value of dt1");
    assert_eq!(detokenize("dt1").await.json()["records"][0]["value"], "value of dt1");
    assert_eq!(detokenize(&signed(now())).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(emulator.api_requests().last().unwrap().rejection(), Some(Rejection::Expired));
}

#[tokio::test]
async fn a_backend_vends_a_token_for_a_session() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.skyflow().backend_url();
    let reply = send(Method::GET, &url, &[("x-session", Skyflow::SESSION)], "").await.unwrap();
    assert_eq!(get(&emulator, reply.json()["accessToken"].as_str().unwrap()).await.status, StatusCode::OK);
    assert_eq!(send(Method::GET, &url, &[], "").await.unwrap().status, StatusCode::UNAUTHORIZED);
    assert_eq!(emulator.token_request_count(), 2);
}

pub(crate) async fn get(emulator: &Emulator, token: &str) -> Reply {
    let (vault, id) = (Skyflow::VAULT_ID, Skyflow::RECORD_ID);
    let url = format!("{}/v1/vaults/{vault}/{}?skyflow_ids={id}", emulator.skyflow().vault_url(), Skyflow::TABLE);
    send(Method::GET, &url, &[("authorization", &format!("Bearer {token}"))], "").await.unwrap()
}

async fn bought(emulator: &Emulator, assertion: &str, scope: Option<&str>) -> String {
    let mut body = json!({"grant_type": GRANT, "assertion": assertion});
    if let Some(scope) = scope {
        body["scope"] = json!(scope);
    }
    post(emulator, &body, &[]).await.json()["accessToken"].as_str().unwrap().to_owned()
}

async fn post(emulator: &Emulator, body: &Value, more: &[(&str, &str)]) -> Reply {
    let headers = [&[("content-type", "application/json")], more].concat();
    send(Method::POST, &emulator.skyflow().token_url(), &headers, body.to_string()).await.unwrap()
}

#[tokio::test]
async fn pages_of_an_allowed_origin_may_read_answers_and_no_other_page() {
    const PAGE: &str = "http://127.0.0.1:8080";
    let open = Emulator::builder().with_allowed_origin(PAGE).start().await.unwrap();
    let closed = Emulator::start().await.unwrap();
    let shown = async |emulator: &Emulator, method: Method, url: String, origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "authorization"),
        ];
        let reply = send(method, &url, &headers, "").await.unwrap();
        assert!(emulator.issued_tokens().is_empty());
        reply.header("access-control-allow-origin").map(str::to_owned)
    };
    for method in [Method::OPTIONS, Method::GET] {
        let records = |emulator: &Emulator| format!("{}/v1/vaults/v/t", emulator.skyflow().vault_url());
        assert_eq!(shown(&open, method.clone(), records(&open), PAGE).await.as_deref(), Some(PAGE));
        assert_eq!(shown(&open, method.clone(), records(&open), "http://localhost:8080").await, None);
        assert_eq!(shown(&closed, method.clone(), records(&closed), PAGE).await, None);
        // What tests arrange is no page's business.
        assert_eq!(shown(&open, method.clone(), format!("{}/_emulator", open.url()), PAGE).await, None);
        assert_eq!(shown(&open, method, open.other_origin().to_owned(), PAGE).await, None);
    }
}

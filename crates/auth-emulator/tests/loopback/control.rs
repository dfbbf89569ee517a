use auth_emulator::{Emulator, StatusCode, systems::Ivcap};
use http::Method;
use serde_json::{Value, json};

use crate::client::{FORM, Reply, api_key_form, call, fetch, form, send, try_fetch};

async fn start() -> Emulator {
    Emulator::builder().with_control().start().await.unwrap()
}

async fn ask(emulator: &Emulator, method: Method, path: &str, body: &str) -> Reply {
    send(method, &format!("{}/_emulator{path}", emulator.url()), &[], body.to_owned()).await.unwrap()
}

async fn post(emulator: &Emulator, path: &str, body: Value) -> Value {
    let reply = ask(emulator, Method::POST, path, &body.to_string()).await;
    assert!(reply.status.is_success(), "{path}: {} {:?}", reply.status, reply.body);
    if reply.body.is_empty() { Value::Null } else { reply.json() }
}

async fn get(emulator: &Emulator, path: &str) -> Value {
    ask(emulator, Method::GET, path, "").await.json()
}

#[tokio::test]
async fn there_is_no_such_path_unless_it_was_asked_for() {
    let emulator = Emulator::start().await.unwrap();
    assert_eq!(ask(&emulator, Method::GET, "", "").await.status, StatusCode::NOT_FOUND);
    let emulator = start().await;
    let places = get(&emulator, "").await;
    assert_eq!((&places["url"], &places["api_url"]), (&json!(emulator.url()), &json!(emulator.api_url())));
    assert_eq!(ask(&emulator, Method::GET, "/nothing", "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(emulator.requests().len(), 0, "what is asked here is not recorded");
}

#[tokio::test]
async fn the_record_has_names_and_no_secrets() {
    let emulator = start().await;
    let token = fetch(&emulator).await.access_token();
    call(&emulator, "/v1/things?key=S3CR3T", &token).await;
    send(Method::GET, &format!("{}/x", emulator.other_origin()), &[], "").await.unwrap();

    let record = get(&emulator, "/requests").await;
    assert_eq!(record["counts"], json!({"token": 1, "api": 1, "other": 1, "any": 3}));
    let first = &record["requests"][0];
    assert_eq!(
        (&first["method"], &first["path"], &first["status"]),
        (&json!("POST"), &json!("/identity/token"), &json!(200))
    );
    assert_eq!(first["form"], json!(["grant_type", "apikey", "response_type"]));
    let api = &get(&emulator, "/requests?kind=api").await["requests"];
    assert_eq!(api.as_array().unwrap().len(), 1);
    assert!(api[0]["headers"].as_array().unwrap().contains(&json!(["authorization", "[redacted]"])), "{api}");
    let text = record.to_string();
    assert!(!text.contains(&token) && !text.contains("S3CR3T") && !text.contains(Emulator::API_KEY), "{text}");

    assert_eq!(post(&emulator, "/carries", json!({"text": token})).await, json!({"requests": [1]}));
    assert_eq!(post(&emulator, "/carries", json!({"text": token, "kind": "other"})).await, json!({"requests": []}));
    assert_eq!(ask(&emulator, Method::DELETE, "/requests", "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(get(&emulator, "/requests").await["counts"]["any"], 0);
    assert_eq!(ask(&emulator, Method::GET, "/requests?kind=x", "").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_record_waits_for_so_many_requests() {
    let emulator = start().await;
    let two = async {
        fetch(&emulator).await;
        fetch(&emulator).await;
    };
    let (answer, ()) = tokio::join!(get(&emulator, "/requests?kind=token&at_least=2"), two);
    assert_eq!(answer["counts"]["token"], 2);
}

#[tokio::test]
async fn every_fault_can_be_said_in_json() {
    let emulator = start().await;
    let plan = json!({"plan": [
        {"answer": {"status": 503, "retry_after": 2, "json": {"error": "down"}}},
        {"answer": {"status": 429, "retry_after": "Wed, 21 Oct 2026 07:28:00 GMT", "body": "<p>", "headers": {"Content-Type": "text/html"}}},
        "html",
        {"redirect": {"status": 307, "to": "other"}},
        {"oversized": 100_000},
        "reset",
        [{"delay_ms": 1}, "truncated"],
    ]});
    assert_eq!(post(&emulator, "/faults/token", plan).await, json!({"pending": 7}));
    let down = fetch(&emulator).await;
    assert_eq!(
        (down.status.as_u16(), down.header("retry-after"), down.json()),
        (503, Some("2"), json!({"error": "down"}))
    );
    let busy = fetch(&emulator).await;
    assert_eq!((busy.status.as_u16(), busy.header("content-type")), (429, Some("text/html")));
    assert!(busy.header("retry-after").unwrap().starts_with("Wed"));
    assert!(fetch(&emulator).await.header("content-type").unwrap().starts_with("text/html"));
    let redirect = fetch(&emulator).await;
    assert!(redirect.header("location").unwrap().starts_with(emulator.other_origin()));
    assert_eq!(fetch(&emulator).await.body.len(), 100_000);
    assert!(try_fetch(&emulator.token_url()).await.is_err());
    assert!(try_fetch(&emulator.token_url()).await.is_err());
    assert_eq!(get(&emulator, "/faults/token").await, json!({"pending": 0}));
    assert_eq!(fetch(&emulator).await.status, 200);

    post(&emulator, "/faults/api", json!({"once": {"answer": {"status": 404}}, "always": {"answer": {"status": 500}}}))
        .await;
    let token = fetch(&emulator).await.access_token();
    assert_eq!(call(&emulator, "/x", &token).await.status, 404);
    assert_eq!(
        (call(&emulator, "/x", &token).await.status.as_u16(), call(&emulator, "/x", &token).await.status.as_u16()),
        (500, 500)
    );
    assert_eq!(ask(&emulator, Method::DELETE, "/faults/api", "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(call(&emulator, "/x", &token).await.status, 200);

    post(
        &emulator,
        "/faults/answer",
        json!({"plan": [{"without": "access_token"}, [{"with": {"name": "expires_in", "value": "x"}}, "same_token"]]}),
    )
    .await;
    assert!(fetch(&emulator).await.json().get("access_token").is_none());
    let issued = emulator.issued_tokens();
    let same = fetch(&emulator).await;
    assert_eq!((&same.json()["expires_in"], Some(&same.access_token())), (&json!("x"), issued.last()));
    assert_eq!(emulator.issued_tokens(), issued);
    post(&emulator, "/faults/answer", json!({"always": "error_with_success"})).await;
    ask(&emulator, Method::DELETE, "/faults", "").await;
    assert_eq!(fetch(&emulator).await.json()["token_type"], "Bearer");
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_leaves_nothing_behind() {
    let emulator = start().await;
    for (path, body) in [
        ("/faults/token", json!({"plan": ["html", {"answer": {"status": 99}}]})),
        ("/faults/token", json!({"plan": ["html", {"answer": {"status": 101}}]})),
        ("/faults/token", json!({"once": {"answer": {"status": 200, "S3CR3T": 1}}})),
        ("/faults/token", json!({"once": {"answer": {"status": 200, "headers": {"a b": "c"}}}})),
        ("/faults/token", json!({"once": {"answer": {"status": 200, "body": "a", "json": 1}}})),
        ("/faults/token", json!({})),
        ("/faults/answer", json!({"once": {"without": "S3CR3T"}})),
        ("/clock", json!({"advance_seconds": -1})),
        ("/revoke", json!("all")),
        ("/lifetime", json!({"seconds": "S3CR3T"})),
    ] {
        let reply = ask(&emulator, Method::POST, path, &body.to_string()).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path} {body}");
        assert!(!reply.json()["error"].as_str().unwrap().contains("S3CR3T"), "{:?}", reply.body);
    }
    assert_eq!(get(&emulator, "/faults/token").await, json!({"pending": 0}));
    assert_eq!(ask(&emulator, Method::POST, "/faults/nowhere", "{}").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_gate_holds_until_it_is_opened() {
    let emulator = start().await;
    post(&emulator, "/faults/token", json!({"once": {"hold": "until the test says so"}})).await;
    let held = tokio::spawn({
        let url = emulator.token_url();
        async move { try_fetch(&url).await.unwrap() }
    });
    let waiting = get(&emulator, "/requests?kind=token&at_least=1").await;
    assert_eq!(waiting["requests"][0]["status"], Value::Null);
    post(&emulator, "/gates/until%20the%20test%20says%20so", json!({})).await;
    assert_eq!(held.await.unwrap().status, 200);
}

#[tokio::test]
async fn clock_lifetime_keys_and_revocation_are_those_of_the_emulator() {
    let emulator = start().await;
    post(&emulator, "/lifetime", json!({"seconds": 60})).await;
    let reply = fetch(&emulator).await;
    assert_eq!(reply.json()["expires_in"], 60);
    post(&emulator, "/clock", json!({"advance_seconds": 61})).await;
    assert_eq!(call(&emulator, "/x", &reply.access_token()).await.status, 401);

    let [first, second] = [fetch(&emulator).await.access_token(), fetch(&emulator).await.access_token()];
    assert_eq!(post(&emulator, "/revoke", json!({"token": first})).await, json!({"revoked": true}));
    assert_eq!(post(&emulator, "/revoke", json!({"token": "of somebody else"})).await, json!({"revoked": false}));
    assert_eq!(
        (call(&emulator, "/x", &first).await.status.as_u16(), call(&emulator, "/x", &second).await.status.as_u16()),
        (401, 200)
    );
    let personal = emulator.cape().create_token("t").unwrap();
    assert_eq!(post(&emulator, "/revoke", json!({"token": personal})).await, json!({"revoked": true}));
    assert!(emulator.cape().verify(&personal).is_err());
    post(&emulator, "/revoke", json!({"all": true})).await;
    assert_eq!(call(&emulator, "/x", &second).await.status, 401);

    post(&emulator, "/api-keys", json!({"keys": ["another"]})).await;
    assert!(!fetch(&emulator).await.status.is_success());
    let headers = [("content-type", FORM)];
    let rotated = send(Method::POST, &emulator.token_url(), &headers, api_key_form("another")).await.unwrap();
    assert_eq!(rotated.status, 200);

    let code = form(&[("client_id", Ivcap::CLIENT_ID)]);
    send(Method::POST, &emulator.ivcap().device_url(), &headers, code).await.unwrap();
    assert_eq!(post(&emulator, "/ivcap/approve", json!({})).await, json!({"approved": 1}));
}

#[tokio::test]
async fn accounts_are_there_with_what_the_systems_take() {
    let emulator = start().await;
    let accounts = post(&emulator, "/accounts", json!({})).await;
    let names: Vec<_> = accounts.as_object().unwrap().keys().collect();
    assert_eq!(names, ["cape", "default", "ibm", "ivcap", "oauth", "podstack", "skyflow", "watsonx"]);
    emulator.cape().verify(accounts["cape"]["token"].as_str().unwrap()).unwrap();
    assert_eq!(accounts["default"]["api_key"], Emulator::API_KEY);
    assert_eq!(accounts["watsonx"]["url"], emulator.watsonx().url());
    let debug = format!("{:?}", emulator.accounts());
    assert!(
        debug.contains("api_key") && !debug.contains(Emulator::API_KEY) && !debug.contains("PRIVATE KEY"),
        "{debug}"
    );
}

#[tokio::test]
async fn web_pages_and_foreign_names_are_kept_out() {
    let emulator = start().await;
    let url = format!("{}/_emulator/revoke", emulator.url());
    let token = emulator.issue_token();
    for header in [
        ("origin", "https://page.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-origin"),
    ] {
        let reply = send(Method::POST, &url, &[header], r#"{"all":true}"#).await.unwrap();
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{header:?}");
        assert!(reply.header("access-control-allow-origin").is_none());
    }
    emulator.verify(&token).unwrap();
    let port = emulator.url().rsplit(':').next().unwrap().to_owned();
    for (host, status) in [
        (format!("page.example:{port}"), "403"),
        (format!("localhost.page.example:{port}"), "403"),
        ("127.0.0.1".to_owned(), "403"),
        (format!("LocalHost:{port}"), "200"),
        (format!("127.0.0.1:{port}"), "200"),
    ] {
        assert!(with_host(&emulator, &host).await.starts_with(&format!("HTTP/1.1 {status}")), "{host}");
    }
}

/// The answer to a request for this host.
async fn with_host(emulator: &Emulator, host: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = emulator.url().strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET /_emulator HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

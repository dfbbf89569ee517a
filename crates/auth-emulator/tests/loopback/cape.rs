use std::time::Duration;

use auth_emulator::{Emulator, Rejection, StatusCode, systems::Cape};
use http::Method;
use serde_json::{Value, json};

use crate::{
    assertion::claims,
    client::{Reply, send},
};

#[tokio::test]
async fn a_token_is_made_listed_used_and_deleted() {
    let emulator = Emulator::start().await.unwrap();
    let login = emulator.cape().login_token();
    let body = json!({"name": "my-token", "description": "for use in the javascript sdk", "function_id": ""});
    let made = call(&emulator, Method::POST, "/v1/token", &login, &body.to_string()).await;
    assert_eq!((made.status, made.json().as_object().unwrap().len()), (StatusCode::CREATED, 1));
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let claims = claims(&token);
    assert_eq!((&claims["aud"], &claims["iss"]), (&json!(["cape-api"]), &json!(Cape::ISSUER)));
    assert!(claims.get("exp").is_none() && claims["iat"] == claims["nbf"] && claims["sub"].is_string());

    let listed = list(&emulator, &login).await;
    let row = &listed.as_array().unwrap()[0];
    assert_eq!((&row["id"], &row["name"], row.get("last_used")), (&claims["jti"], &json!("my-token"), None));
    assert!(row["created_at"].as_str().unwrap().ends_with('Z') && row.get("expiry").is_none());
    // With the token itself: it is good, and that is a use of it.
    assert!(list(&emulator, &token).await[0]["last_used"].is_string());

    let path = format!("/v1/token/{}", claims["jti"].as_str().unwrap());
    assert_eq!(call(&emulator, Method::DELETE, &path, &login, "").await.status, StatusCode::OK);
    assert_eq!(call(&emulator, Method::DELETE, &path, &login, "").await.status, StatusCode::NOT_FOUND);
    let refused = call(&emulator, Method::GET, "/v1/tokens", &token, "").await;
    assert_eq!((refused.status, refused.json()), (StatusCode::UNAUTHORIZED, json!({"error": "token revoked"})));
    assert_eq!(emulator.api_requests().last().unwrap().rejection(), Some(Rejection::Revoked));
    assert_eq!(list(&emulator, &login).await, json!([]));
}

#[tokio::test]
async fn a_token_may_have_an_end() {
    let emulator = Emulator::start().await.unwrap();
    let login = emulator.cape().login_token();
    let body = json!({"name": "t", "expiry": "2100-11-22T02:15:18.416741843Z"});
    let made = call(&emulator, Method::POST, "/v1/token", &login, &body.to_string()).await.json();
    let exp = claims(made["token"].as_str().unwrap())["exp"].as_u64().unwrap();
    assert_eq!(list(&emulator, &login).await[0]["expiry"], "2100-11-22T02:15:18.416741843Z");
    emulator.set_token_lifetime(Duration::from_secs(200 * 365 * 24 * 3600));
    let login = emulator.cape().login_token();
    emulator.advance(Duration::from_secs(exp - claims(&login)["iat"].as_u64().unwrap() + 1));
    let refused = call(&emulator, Method::GET, "/v1/tokens", made["token"].as_str().unwrap(), "").await;
    assert_eq!(refused.json(), json!({"error": "token expired"}));
    assert_eq!(list(&emulator, &login).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said() {
    let emulator = Emulator::start().await.unwrap();
    let login = emulator.cape().login_token();
    for (body, error) in [
        ("", "the body is not a JSON object"),
        ("[]", "the body is not a JSON object"),
        ("{}", "name is required"),
        (r#"{"name":""}"#, "name is required"),
        (r#"{"name":1}"#, "a field is not text"),
        (r#"{"name":"a","expiry":"tomorrow"}"#, "expiry is not a date of RFC 3339"),
        (r#"{"name":"a","expiry":"2020-01-01T00:00:00Z"}"#, "expiry is in the past"),
    ] {
        let reply = call(&emulator, Method::POST, "/v1/token", &login, body).await;
        assert_eq!((reply.status, reply.json()), (StatusCode::BAD_REQUEST, json!({"error": error})), "{body}");
    }
    for (method, path) in [(Method::POST, "/v1/token"), (Method::GET, "/v1/tokens"), (Method::DELETE, "/v1/token/x")] {
        let reply = call(&emulator, method, path, "", "").await;
        assert_eq!((reply.status, reply.json()), (StatusCode::UNAUTHORIZED, json!({"error": "missing token"})));
    }
}

#[tokio::test]
async fn a_token_for_one_function_manages_nothing() {
    let emulator = Emulator::start().await.unwrap();
    let body = json!({"name": "f", "function_id": Cape::FUNCTION_ID}).to_string();
    let made = call(&emulator, Method::POST, "/v1/token", &emulator.cape().login_token(), &body).await.json();
    let reply = call(&emulator, Method::GET, "/v1/tokens", made["token"].as_str().unwrap(), "").await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn tokens_outlive_the_emulator_in_their_file() {
    let folder = std::env::temp_dir().join(format!("auth-emulator-loopback-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("cape.json");
    let start = async || Emulator::builder().with_cape_state(&file).start().await.unwrap();
    let emulator = start().await;
    let (kept, deleted) =
        (emulator.cape().create_token("kept").unwrap(), emulator.cape().create_token("deleted").unwrap());
    let path = format!("/v1/token/{}", claims(&deleted)["jti"].as_str().unwrap());
    assert_eq!(call(&emulator, Method::DELETE, &path, &kept, "").await.status, StatusCode::OK);
    drop(emulator);
    let emulator = start().await;
    assert_eq!(list(&emulator, &kept).await[0]["name"], "kept");
    assert_eq!(emulator.cape().verify(&deleted), Err(Rejection::Revoked));
    let stranger = Emulator::start().await.unwrap();
    assert_eq!(stranger.cape().verify(&kept), Err(Rejection::Revoked));
    emulator.revoke_all();
    assert_eq!(emulator.cape().verify(&kept), Err(Rejection::Revoked));
    std::fs::write(&file, "no tokens").unwrap();
    assert!(Emulator::builder().with_cape_state(&file).start().await.is_err());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn a_login_token_is_what_the_command_line_keeps() {
    let emulator = Emulator::start().await.unwrap();
    let kept: Value = serde_json::from_str(&emulator.cape().auth_json()).unwrap();
    let token = kept["access_token"].as_str().unwrap();
    assert_eq!(list(&emulator, token).await, json!([]));
    emulator.advance(Duration::from_secs(3601));
    assert_eq!(emulator.cape().verify(token), Err(Rejection::Expired));
}

async fn list(emulator: &Emulator, token: &str) -> Value {
    call(emulator, Method::GET, "/v1/tokens", token, "").await.json()
}

async fn call(emulator: &Emulator, method: Method, path: &str, token: &str, body: &str) -> Reply {
    let url = format!("{}{path}", emulator.cape().url());
    send(method, &url, &[("authorization", &format!("Bearer {token}"))], body.to_owned()).await.unwrap()
}

//! Every request is authenticated, through expiry; what there is no token for is not sent.

use auth_emulator::Emulator;

use super::rig::{Proxy, send_with};

#[tokio::test]
async fn a_request_gets_there_with_the_credential_and_comes_back() {
    let emulator = Emulator::start().await.unwrap();
    let proxy = Proxy::of(&emulator, "").await;
    let answer = proxy.get("/things/1?a=b").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["path"], "/api/things/1");
    let answer = send_with(proxy.request("POST", "/echo").header("content-type", "text/x"), "a body").await;
    assert_eq!((answer.headers["content-type"].to_str().unwrap(), &answer.body[..]), ("text/x", &b"a body"[..]));
    let sent = emulator.api_requests()[0].headers().clone();
    assert!(!format!("{sent:?}").contains(&proxy.secret), "{sent:?}");
}

use auth_emulator::{Emulator, StatusCode, systems::Remote};
use http::Method;

use crate::client::{Reply, call, send};

#[tokio::test]
async fn a_session_buys_a_token_for_the_api() {
    let emulator = Emulator::start().await.unwrap();
    for method in [Method::GET, Method::POST] {
        let reply = vended(&emulator, method, Remote::SESSION).await;
        assert_eq!(reply.json()["expires_in"], 3600);
        assert_eq!(call(&emulator, "/things", &reply.access_token()).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_session_ends() {
    let emulator = Emulator::start().await.unwrap();
    assert_eq!(vended(&emulator, Method::GET, "unknown").await.status, StatusCode::UNAUTHORIZED);
    emulator.remote().set_sessions(["next"]);
    assert_eq!(vended(&emulator, Method::GET, Remote::SESSION).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(vended(&emulator, Method::GET, "next").await.status, StatusCode::OK);
}

async fn vended(emulator: &Emulator, method: Method, session: &str) -> Reply {
    send(method, &emulator.remote().token_url(), &[(Remote::SESSION_HEADER, session)], "").await.unwrap()
}

//! The handshake of Cape's `run`.

use auth_core::adapter::{Attach, Sent, Without};
use auth_core::systems::Cape;
use auth_core::{Access, Authenticator};
use auth_emulator::{Emulator, Fault, Origin, StatusCode, systems};
use http::{HeaderMap, Uri};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, client::IntoClientRequest, handshake::client::Request};

use super::stage::Stage;

const PROTOCOL: &str = "sec-websocket-protocol";

async fn stage() -> (Stage, Authenticator) {
    let access = |emulator: &Emulator| -> Access {
        let token = emulator.cape().create_token("runner").unwrap();
        Cape::new().token(token).host(emulator.cape().url()).runtime().unwrap()
    };
    let stage = Stage::with(access).await;
    let auth = stage.api.authenticator().clone();
    auth.warm_up().await.unwrap();
    (stage, auth)
}

fn handshake(stage: &Stage, auth: &Authenticator) -> Request {
    let uri = stage.access.endpoint().join(&format!("/v1/run/{}", systems::Cape::FUNCTION_ID)).unwrap();
    let mut request = stage.emulator.cape().run_url(systems::Cape::FUNCTION_ID).into_client_request().unwrap();
    assert!(matches!(auth.attach(&uri, request.headers_mut()), Ok(Attach::Ready(Sent::With { .. }))));
    request
}

#[tokio::test]
async fn the_token_is_the_second_subprotocol_and_the_first_is_chosen() {
    let (stage, auth) = stage().await;
    let request = handshake(&stage, &auth);
    let (_socket, response) = connect_async(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    assert_eq!(response.headers()[PROTOCOL], "cape.runtime", "the token is not sent back");
    let sent = stage.last();
    assert!(sent.header(PROTOCOL).unwrap().starts_with("cape.runtime, ey"));
    assert_eq!((sent.header("authorization"), sent.query()), (None, None));
    assert!(sent.rejection().is_none());
}

#[tokio::test]
async fn a_redirect_of_the_handshake_to_another_host_does_not_carry_the_token_there() {
    let (stage, auth) = stage().await;
    stage.emulator.api_faults().once(Fault::Redirect { status: StatusCode::TEMPORARY_REDIRECT, to: Origin::Other });
    let refused = connect_async(handshake(&stage, &auth)).await.unwrap_err();
    let Error::Http(response) = refused else { panic!("{refused:?}") };
    stage.nothing_went_astray();

    // Whoever follows it asks again, and gets nothing to carry.
    let target: Uri = response.headers()["location"].to_str().unwrap().parse().unwrap();
    let mut headers = HeaderMap::new();
    let attached = auth.attach(&target, &mut headers).unwrap();
    assert!(matches!(attached, Attach::Ready(Sent::Without(Without::OtherOrigin))) && headers.is_empty());
}

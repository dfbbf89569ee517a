//! Cape, in the words of its command line: `token create` shows a token once, `token list` shows all but the tokens,
//! `token delete` revokes one. And `run`: the token opens a WebSocket as its second subprotocol and stands in no URL, the
//! function gives back what it was given, and after the token is deleted it is refused at the next handshake.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error;
use std::time::Duration;

use auth_emulator::{Emulator, systems::Cape as Enclave};
use auth_reqwest::core::{Access, systems::Cape};
use auth_reqwest::{ReqwestTransport, clients::CapeClient};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let emulator = Emulator::start().await?;
    let host = emulator.cape().url();
    // Without a token: the login that `cape login` has left in ~/.config/cape/auth, by `Cape::from_env(&Env::process())`.
    let login = Cape::new().token(emulator.cape().login_token()).host(&host);
    let cape = CapeClient::new(&login.access()?)?;

    let day = Duration::from_secs(24 * 3600);
    let issued = cape.create_token("my-token").description("for the example").expires_in(day).send().await?;
    println!("Success! Your token: {}", issued.token.expose());
    let token = cape.tokens().await?.pop().ok_or("a token was expected")?;
    println!("{} / {} / {}", token.id, token.name, token.description);
    assert!(token.name == "my-token" && token.expiry.is_some() && token.last_used.is_none());

    let runtime = Cape::new().token(issued.token.clone()).host(&host).runtime()?;
    let result = run(&runtime, Enclave::FUNCTION_ID, b"12 + 30").await?;
    println!("run: {}", String::from_utf8_lossy(&result));
    assert_eq!(result, b"12 + 30");
    let handshakes = emulator.api_requests();
    let handshake = handshakes.last().ok_or("a handshake was expected")?;
    let protocols = handshake.header("sec-websocket-protocol").unwrap_or_default();
    assert_eq!(protocols, format!("cape.runtime, {}", issued.token.expose()));
    assert!(handshake.query().is_none() && handshake.header("authorization").is_none());

    cape.delete_token(&token.id).await?;
    println!("Deleted token {}", token.id);
    let error = run(&runtime, Enclave::FUNCTION_ID, b"12 + 30").await.err().ok_or("an error was expected")?;
    println!("run: {error}");
    assert!(error.to_string().contains("not authorized") && cape.tokens().await?.is_empty());
    Ok(())
}

/// Runs a function with this input, as far as one can without an enclave: a client of Cape's would check the attestation
/// here, and encrypt the input for it.
async fn run(access: &Access, function: &str, input: &[u8]) -> Result<Vec<u8>, Failure> {
    let auth = access.authenticator(ReqwestTransport::new()?)?;
    auth.warm_up().await?;
    let uri = access.endpoint().join(&auth_reqwest::path(["v1", "run", function])?)?;
    let mut handshake = uri.to_string().replacen("http", "ws", 1).into_client_request()?;
    auth.attach(&uri, handshake.headers_mut())?; // to the endpoint's origin, or not at all
    let (mut socket, _) = tokio_tungstenite::connect_async(handshake).await?;

    let nonce = BASE64_STANDARD.encode("0123456789012345"); // a client draws one
    socket.send(Message::text(json!({ "message": { "nonce": nonce } }).to_string())).await?;
    let attestation: Value = serde_json::from_str(socket.next().await.ok_or("no attestation")??.to_text()?)?;
    if let Some(error) = attestation["error"].as_str() {
        return Err(error.into());
    }
    socket.send(Message::binary(input.to_vec())).await?;
    let result: Value = serde_json::from_str(socket.next().await.ok_or("no result")??.to_text()?)?;
    let result = BASE64_STANDARD.decode(result["message"]["message"].as_str().ok_or("an empty result")?)?;
    socket.close(None).await?;
    Ok(result)
}

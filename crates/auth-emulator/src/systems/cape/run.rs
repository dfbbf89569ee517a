//! `GET /v1/run/{function}`: a WebSocket whose second subprotocol is the token.

use std::sync::Arc;

use axum::{
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, header};
use serde_json::{Value, json};

use super::{access, error::Problem};
use crate::{Rejection, shared::Shared};

const PROTOCOL: &str = "cape.runtime";

/// What pycape raises, in the server's own words.
const NOT_AUTHORIZED: &str = "function not authorized";

pub(crate) async fn run(
    State(shared): State<Arc<Shared>>,
    Path(function): Path<String>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(token) = token(&headers) else { return Problem::unauthorized(None).into_response() };
    let authorized = authorized(&shared, &token, &function);
    let rejection = authorized.as_ref().err().copied().flatten();
    let authorized = authorized.is_ok();
    // Cape tells within the conversation: a browser shows a script nothing of a refused handshake.
    let mut response = upgrade.protocols([PROTOCOL]).on_upgrade(async move |socket| {
        let mut ended = shared.ended.subscribe();
        tokio::select! {
            () = talk(socket, authorized) => {}
            // An error would mean that the emulator is gone, which is the same.
            _ = ended.wait_for(|ended| *ended) => {}
        }
    });
    if let Some(rejection) = rejection {
        response.extensions_mut().insert(rejection);
    }
    response
}

/// `cape.runtime, <token>`, in one header or in two, and nothing else.
fn token(headers: &HeaderMap) -> Option<String> {
    let values: Result<Vec<_>, _> =
        headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().map(|value| value.to_str()).collect();
    let values = values.ok()?;
    let mut protocols = values.iter().flat_map(|value| value.split(',')).map(str::trim);
    match (protocols.next(), protocols.next(), protocols.next()) {
        (Some(PROTOCOL), Some(token), None) if !token.is_empty() => Some(token.to_owned()),
        _ => None,
    }
}

/// `Err(None)` for a good token that is for another function.
fn authorized(shared: &Shared, token: &str, function: &str) -> Result<(), Option<Rejection>> {
    match access::used(shared, token).map_err(Some)? {
        Some(entry) if !entry.function_id.is_empty() && entry.function_id != function => Err(None),
        _ => Ok(()),
    }
}

/// A nonce, an attestation document that attests nothing, then each input as its own result.
async fn talk(mut socket: WebSocket, authorized: bool) {
    let Some(first) = input(&mut socket).await else { return };
    let answer = match nonce(&first) {
        _ if !authorized => json!({"error": NOT_AUTHORIZED}),
        None => json!({"error": "the first message holds no nonce"}),
        Some(nonce) => message("attestation_doc", format!("emulator, no attestation, {nonce}").as_bytes()),
    };
    let refused = answer.get("error").is_some();
    if socket.send(Message::text(answer.to_string())).await.is_err() || refused {
        // The client may be gone, and is told anyway.
        let _ = socket.send(Message::Close(None)).await;
        return;
    }
    while let Some(input) = input(&mut socket).await {
        let result = message("function_result", &input);
        if socket.send(Message::text(result.to_string())).await.is_err() {
            return;
        }
    }
}

fn message(kind: &str, bytes: &[u8]) -> Value {
    json!({"message": {"type": kind, "message": BASE64_STANDARD.encode(bytes)}})
}

/// The next message with something in it; `None` at the end.
async fn input(socket: &mut WebSocket) -> Option<Vec<u8>> {
    loop {
        match socket.recv().await?.ok()? {
            Message::Text(text) => return Some(text.as_bytes().to_vec()),
            Message::Binary(bytes) => return Some(bytes.to_vec()),
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Close(_) => return None,
        }
    }
}

/// `{"message":{"nonce":..}}` with the base64 of 16 decimal digits.
fn nonce(message: &[u8]) -> Option<String> {
    let message: Value = serde_json::from_slice(message).ok()?;
    let digits = BASE64_STANDARD.decode(message["message"]["nonce"].as_str()?).ok()?;
    let right = digits.len() == 16 && digits.iter().all(u8::is_ascii_digit);
    right.then(|| String::from_utf8(digits).ok()).flatten()
}

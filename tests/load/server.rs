//! The issuer over a socket: an API that says whose token it got, and a token endpoint. It remembers no request.

use std::future::IntoFuture;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::issuer::Issuer;

/// Until it is dropped.
pub(crate) struct Server {
    url: String,
    serving: AbortHandle,
}

impl Server {
    pub(crate) async fn start(issuer: Issuer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes =
            Router::new().route("/items", get(whose).post(whose)).route("/token", post(token)).with_state(issuer);
        let serving = tokio::spawn(axum::serve(listener, routes).into_future()).abort_handle();
        Self { url, serving }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn whose(State(issuer): State<Issuer>, headers: HeaderMap) -> Result<String, StatusCode> {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    issuer.owner(sent).map(|owner| owner.to_string()).ok_or(StatusCode::UNAUTHORIZED)
}

async fn token(State(issuer): State<Issuer>) -> Result<Json<Value>, StatusCode> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    if issuer.is_down() {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    Ok(Json(json!({ "access_token": issuer.issue(0), "token_type": "Bearer", "expires_in": issuer.life().as_secs() })))
}

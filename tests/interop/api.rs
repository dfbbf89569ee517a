//! A protected API that asks the authorization server about every token, and lets in nobody whose token is not active.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::{HeaderMap, HeaderName, StatusCode, header};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::observer::Observer;

pub(crate) struct Api {
    seen: Arc<Mutex<Seen>>,
    serving: JoinHandle<()>,
}

/// Tokens, in the order of the requests.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    pub(crate) accepted: Vec<String>,
    pub(crate) refused: Vec<String>,
}

#[derive(Clone)]
struct Gate {
    observer: Observer,
    seen: Arc<Mutex<Seen>>,
    open: bool,
}

impl Api {
    /// `open`: to everybody.
    pub(crate) fn serve(listener: TcpListener, observer: Observer, open: bool) -> Self {
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let gate = Gate { observer, seen: Arc::clone(&seen), open };
        let router = Router::new().route("/items", get(items)).with_state(gate);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { seen, serving }
    }

    /// The tokens since the last time.
    pub(crate) fn seen(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn items(
    State(gate): State<Gate>,
    headers: HeaderMap,
) -> (StatusCode, [(HeaderName, &'static str); 1], &'static str) {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let Some(token) = token else {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], "who are you?");
    };
    let active = gate.open || gate.observer.active(token).await.is_some();
    let mut seen = gate.seen.lock().unwrap_or_else(PoisonError::into_inner);
    if active {
        seen.accepted.push(token.to_owned());
        (StatusCode::OK, [(header::CONTENT_TYPE, "text/plain")], "items")
    } else {
        seen.refused.push(token.to_owned());
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")], "")
    }
}

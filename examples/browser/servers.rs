//! The application, a stranger's page, and the broker beside what it was asked.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use auth_tower::Broker;
use axum::extract::{Request, State};
use axum::http::header::{COOKIE, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, Response};
use axum::{Router, routing::get};
use tokio::net::TcpListener;

/// A port that is open already, so that its origin is known.
pub(crate) struct Port {
    listener: TcpListener,
    pub(crate) origin: String,
}

impl Port {
    pub(crate) async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, origin })
    }

    pub(crate) fn serve(self, routes: Router) {
        tokio::spawn(async { axum::serve(self.listener, routes).await });
    }
}

/// The application: its page signs its user in, and its backend knows the session.
pub(crate) fn application(page: String) -> Router {
    // Good for an example: two numbers that nobody guesses. An application's sessions come from its framework.
    let id = format!("{:016x}{:016x}", RandomState::new().hash_one(0), RandomState::new().hash_one(1));
    let cookie = format!("session={id}");
    let set = format!("{cookie}; Path=/; HttpOnly; SameSite=Strict");
    let check = |headers: HeaderMap| async move {
        let said = headers.get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_known = said.split(';').any(|pair| pair.trim() == cookie);
        if is_known { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED }
    };
    Router::new().route("/", get(|| async { ([(SET_COOKIE, set)], Html(page)) })).route("/session", get(check))
}

/// Somebody else's page, with the same script in it.
pub(crate) fn page(page: String) -> Router {
    Router::new().route("/", get(|| async { Html(page) }))
}

/// The broker, mounted like any service.
pub(crate) fn tokens(broker: Broker, asked: Asked) -> Router {
    noted(Router::new().route_service("/token", broker), asked)
}

/// The same, with a note of every request.
pub(crate) fn noted(routes: Router, asked: Asked) -> Router {
    routes.layer(from_fn_with_state(asked, note))
}

/// Who asked, and what was answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn note(State(asked): State<Asked>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN).and_then(|value| value.to_str().ok()).unwrap_or("nobody").to_owned();
    let cookie = if request.headers().contains_key(COOKIE) { "with a cookie" } else { "without a cookie" };
    let response = next.run(request).await;
    let line = format!("by {origin} {cookie}: {}", response.status().as_u16());
    asked.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    response
}

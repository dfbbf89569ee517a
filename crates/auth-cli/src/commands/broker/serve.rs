//! The server, until somebody ends it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use auth_tower::Broker;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use http::{Method, StatusCode};
use hyper::body::Incoming;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower::ServiceExt;

use crate::failure::Failure;
use crate::serving::end::End;
use crate::serving::line::Line;
use crate::serving::server::{Handler, Server};
use crate::terminal;

/// Where a supervisor looks whether it runs. Whether there is a token is the page's business.
pub(super) const HEALTH: &str = "/healthz";

/// Connections of browsers, or of the server in front.
const CONNECTIONS: usize = 1024;

/// Answers until `end`, and then as long as `limit` what was asked before.
pub(super) async fn serve(
    listener: TcpListener,
    broker: Broker,
    path: &str,
    end: &mut End,
    limit: Duration,
) -> Result<(), Failure> {
    let routes = Router::new()
        .route_service(path, broker)
        .layer(from_fn_with_state(Arc::new(Told::default()), tell))
        .route(HEALTH, get(|| async { Json(json!({ "status": "ok" })) }))
        .fallback(|| async { (StatusCode::NOT_FOUND, Json(json!({ "error": "not_found" }))).into_response() });
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server { listener, connections: CONNECTIONS };
    let mut server = tokio::spawn(server.serve(Routes(routes), async {
        // Told, or dropped: either way it is over.
        let _ = stopped.await;
    }));
    tokio::select! {
        _ = &mut server => return Err(Failure::failed("the server has ended")),
        () = end.asked() => {}
    }
    let _ = stop.send(());
    // Whoever is still waiting then has gone, or is waiting for what does not come.
    let _ = tokio::time::timeout(limit, server).await;
    Ok(())
}

/// The broker's paths.
#[derive(Clone)]
struct Routes(Router);

impl Handler for Routes {
    type Body = Body;
    type Connected = ();

    fn connected(&self) {}

    /// Who gets a token was admitted. Preflights and the health are everybody's.
    async fn handle(&self, request: http::Request<Incoming>, line: Line) -> Response {
        let in_use = line.admit();
        let may_be_token = request.uri().path() != HEALTH && request.method() != Method::OPTIONS;
        let answer = self.0.clone().oneshot(request.map(Body::new)).await.unwrap_or_else(|never| match never {});
        if !(may_be_token && answer.status().is_success()) {
            in_use.refused();
        }
        answer
    }
}

/// What was last said about a failure, so that a page that asks again and again does not fill the log.
#[derive(Debug, Default)]
struct Told(Mutex<Option<String>>);

/// Tells the operator what the page is not told.
async fn tell(State(told): State<Arc<Told>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let mut answer = next.run(request).await;
    let status = answer.status();
    // Who asked is a header that anybody writes.
    tracing::info!(%method, status = status.as_u16(), "answered a page");
    let why = answer.extensions_mut().remove::<auth_core::Error>().map(|error| error.to_string());
    if why.is_some() || status.is_success() {
        let mut last = told.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(why) = why.as_ref().filter(|why| last.as_ref() != Some(why)) {
            terminal::warn(format_args!("a page was answered {}: {why}", status.as_u16()));
        }
        *last = why;
    }
    answer
}

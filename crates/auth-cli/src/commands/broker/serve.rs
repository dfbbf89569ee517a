//! The server, until somebody ends it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use auth_core::adapter::io_reason;
use auth_tower::Broker;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use http::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::failure::Failure;
use crate::terminal;

/// Where a supervisor looks whether it runs. Whether there is a token is the page's business.
pub(super) const HEALTH: &str = "/healthz";

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
    let server = axum::serve(listener, routes).with_graceful_shutdown(async {
        // Told, or dropped: either way it is over.
        let _ = stopped.await;
    });
    let mut server = tokio::spawn(server.into_future());
    tokio::select! {
        ended = &mut server => {
            return Err(Failure::failed(match ended {
                Ok(Err(error)) => format!("the server has ended: {}", io_reason(error.kind())),
                _ => "the server has ended".to_owned(),
            }));
        }
        () = end.asked() => {}
    }
    let _ = stop.send(());
    // Whoever is still waiting then has gone, or is waiting for what does not come.
    let _ = tokio::time::timeout(limit, server).await;
    Ok(())
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

/// What asks this process to end, caught from now on.
#[derive(Debug)]
pub(super) struct End {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl End {
    pub(super) fn new() -> Result<Self, Failure> {
        let failed =
            |error: io::Error| Failure::failed(format!("signals can't be caught: {}", io_reason(error.kind())));
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let caught = |kind| signal(kind).map_err(failed);
            Ok(Self { terminate: caught(SignalKind::terminate())?, interrupt: caught(SignalKind::interrupt())? })
        }
        #[cfg(windows)]
        {
            Ok(Self { interrupt: tokio::signal::windows::ctrl_c().map_err(failed)? })
        }
    }

    async fn asked(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(windows)]
        self.interrupt.recv().await;
    }
}

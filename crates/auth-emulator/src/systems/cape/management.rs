//! `POST /v1/token`, `GET /v1/tokens`, `DELETE /v1/token/{id}`.

use std::{io, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    access,
    error::Problem,
    tokens::{Entry, Wanted},
};
use crate::shared::Shared;

/// Cape's own command line sends no `Content-Type`, so none is asked for.
pub(crate) async fn create(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let now = shared.now();
    let made = access::manager(&shared, &headers)
        .and_then(|()| wanted(&body, now))
        .and_then(|wanted| shared.systems.cape.create(wanted, now).map_err(unsaved));
    match made {
        Ok(token) => (StatusCode::CREATED, Json(json!({"token": token}))).into_response(),
        Err(problem) => problem.into_response(),
    }
}

pub(crate) async fn list(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    match access::manager(&shared, &headers) {
        Ok(()) => Json(Value::from_iter(shared.systems.cape.list().iter().map(row))).into_response(),
        Err(problem) => problem.into_response(),
    }
}

pub(crate) async fn delete(State(shared): State<Arc<Shared>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let deleted = access::manager(&shared, &headers).and_then(|()| shared.systems.cape.delete(&id).map_err(unsaved));
    match deleted {
        Ok(true) => Json(json!({})).into_response(),
        Ok(false) => Problem::new(StatusCode::NOT_FOUND, "token not found").into_response(),
        Err(problem) => problem.into_response(),
    }
}

fn unsaved(_: io::Error) -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the file of tokens can't be written")
}

fn wanted(body: &[u8], now: Duration) -> Result<Wanted, Problem> {
    let bad = |message| Problem::new(StatusCode::BAD_REQUEST, message);
    let body: Map<String, Value> = serde_json::from_slice(body).map_err(|_| bad("the body is not a JSON object"))?;
    let text = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(bad("a field is not text")),
    };
    let name = text("name")?;
    if name.is_empty() {
        return Err(bad("name is required"));
    }
    // RFC 3339, of which jiff takes a superset: the `T` and the offset tell.
    let expiry = text("expiry")?;
    let expiry = match expiry.as_str() {
        "" => None,
        date => Some(date.parse::<Timestamp>().map_err(|_| bad("expiry is not a date of RFC 3339"))?),
    };
    let in_time = |expiry: Timestamp| u64::try_from(expiry.as_second()).is_ok_and(|second| second > now.as_secs());
    if expiry.is_some_and(|expiry| !in_time(expiry)) {
        return Err(bad("expiry is in the past"));
    }
    Ok(Wanted { name, description: text("description")?, function_id: text("function_id")?, expiry })
}

fn row(entry: &Entry) -> Value {
    let mut row = json!({
        "id": entry.id,
        "name": entry.name,
        "description": entry.description,
        "created_at": entry.created_at.to_string(),
    });
    for (name, date) in [("expiry", entry.expiry), ("last_used", entry.last_used)] {
        if let Some(date) = date {
            row[name] = date.to_string().into();
        }
    }
    row
}

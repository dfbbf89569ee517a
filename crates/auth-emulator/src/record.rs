//! Middleware that records a request before anything else looks at it, and the status it was answered with.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{StatusCode, header};

use crate::{Origin, RecordedRequest, Rejection, shared::Shared};

/// The index of a request in the recording, for the handlers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Index(pub(crate) usize);

/// Something to say about a request, in the extensions of its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Note(pub(crate) &'static str);

pub(crate) async fn record(
    State((origin, shared)): State<(Origin, Arc<Shared>)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut head, body) = request.into_parts();
    // Recorded even when the body can't be had: its headers may be what a test is after.
    let body = to_bytes(body, shared.body_limit).await;
    let index = shared.recording.add(RecordedRequest {
        index: 0,
        origin,
        method: head.method.clone(),
        uri: head.uri.clone(),
        headers: head.headers.clone(),
        body: body.as_ref().map(Bytes::clone).unwrap_or_default(),
        status: None,
        rejection: None,
        note: None,
    });
    let mut response = match body {
        Ok(body) => {
            head.extensions.insert(Index(index));
            next.run(Request::from_parts(head, Body::from(body))).await
        }
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    };
    let rejection = response.extensions().get::<Rejection>().copied();
    let note = response.extensions().get::<Note>().map(|note| note.0);
    shared.recording.answered(index, response.status(), rejection, note);
    response.headers_mut().entry(header::DATE).or_insert_with(|| shared.clock.date());
    response
}

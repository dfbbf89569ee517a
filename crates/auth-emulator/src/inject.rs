//! Middleware that carries out an endpoint's faults.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, Full};

use crate::{Answer, Fault, Origin, connection::HangUp, shared::Shared, wire::Usual};

const LOGIN_PAGE: &str = "<!doctype html><title>Sign in</title><h1>Sign in to continue</h1>\n";

pub(crate) async fn at_token_endpoint(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let fault = shared.token_faults.take();
    inject(fault, &shared, request, next).await
}

pub(crate) async fn at_api(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let fault = shared.api_faults.take();
    inject(fault, &shared, request, next).await
}

async fn inject(fault: Option<Fault>, shared: &Shared, request: Request, next: Next) -> Response {
    for step in fault.into_iter().flat_map(Fault::into_steps) {
        match step {
            Fault::Delay(duration) => tokio::time::sleep(duration).await,
            Fault::Hold(gate) => gate.opened().await,
            Fault::Answer(answer) => return answer.into_response(),
            Fault::Garbage => return Html(LOGIN_PAGE).into_response(),
            Fault::Redirect { status, to } => return redirect(status, to, shared, &request),
            Fault::Reset => return HangUp::of(&request).reset().await,
            Fault::Truncated => {
                let hang_up = HangUp::of(&request);
                return hang_up.after(truncated(next.run(request).await).await).await;
            }
            Fault::Wire(wire) => {
                let hang_up = HangUp::of(&request);
                let (head, body) = collected(next.run(request).await).await;
                return hang_up.by(wire, Usual { head: head_bytes(&head, body.len()), body }).await;
            }
            Fault::Oversized(len) => return oversized(next.run(request).await, len).await,
            Fault::Sequence(_) => unreachable!("`into_steps` leaves no sequence"),
        }
    }
    next.run(request).await
}

fn redirect(status: StatusCode, to: Origin, shared: &Shared, request: &Request) -> Response {
    let origin = match to {
        Origin::Main => &shared.url,
        Origin::Other => &shared.other_origin,
    };
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let location = HeaderValue::try_from(format!("{origin}{path}"))
        .expect("an address and a request target, neither of which can hold a control character");
    Answer::new(status).with_header(header::LOCATION, location).into_response()
}

/// The bytes of an answer whose body ends at its middle.
async fn truncated(whole: Response) -> Bytes {
    let (head, body) = collected(whole).await;
    // One more than there is, so that an empty body is cut short as well.
    [&head_bytes(&head, body.len() + 1), &body[..body.len() / 2]].concat().into()
}

/// The bytes of a head that says so of its body.
fn head_bytes(head: &http::response::Parts, len: usize) -> Bytes {
    let mut bytes = format!("HTTP/1.1 {}\r\n", head.status).into_bytes();
    for (name, value) in head.headers.iter().filter(|(name, _)| *name != header::CONTENT_LENGTH) {
        bytes.extend_from_slice(&[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend_from_slice(format!("content-length: {len}\r\n\r\n").as_bytes());
    bytes.into()
}

async fn oversized(whole: Response, len: usize) -> Response {
    let (mut head, body) = collected(whole).await;
    let mut bytes = vec![b' '; len.saturating_sub(body.len())];
    bytes.extend_from_slice(&body);
    head.headers.remove(header::CONTENT_LENGTH);
    // Mapping the frames, to the same, hides how long the body is: hyper sends chunks.
    Response::from_parts(head, Body::new(Full::new(Bytes::from(bytes)).map_frame(|frame| frame)))
}

async fn collected(whole: Response) -> (http::response::Parts, Bytes) {
    let (head, body) = whole.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the emulator's own answers are in memory already");
    (head, body)
}

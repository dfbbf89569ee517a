//! Keeps web pages out: a page that somebody has open must not learn or change what a test does.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};

use super::body::Refused;
use crate::shared::Shared;

pub(super) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if is_by_a_page(request.headers()) {
        return Refused::new(StatusCode::FORBIDDEN, "a web page has no business here").into_response();
    }
    if !is_to(&shared, request.headers()) {
        return Refused::new(StatusCode::FORBIDDEN, "the Host is not the emulator's own address").into_response();
    }
    next.run(request).await
}

/// A browser says on whose behalf it asks: with `Origin`, or with `Sec-Fetch-Site` where that is left out.
fn is_by_a_page(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN) || headers.get("sec-fetch-site").is_some_and(|site| site != "none")
}

/// A page whose name was made to lead to this machine (DNS rebinding) asks for that name.
fn is_to(shared: &Shared, headers: &HeaderMap) -> bool {
    let address = shared.url.trim_start_matches("http://");
    let port = address.rsplit(':').next().unwrap_or_default();
    let mut hosts = headers.get_all(header::HOST).iter();
    let is_ours = |host: &str| host == address || host.eq_ignore_ascii_case(&format!("localhost:{port}"));
    let first = hosts.next().and_then(|host| host.to_str().ok());
    first.is_some_and(is_ours) && hosts.next().is_none()
}

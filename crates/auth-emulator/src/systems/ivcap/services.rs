//! `GET /1/services2`, page by page.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{Ivcap, error::Problem};
use crate::{realm::Realm, sent, shared::Shared};

type Asked = Query<HashMap<String, String>>;

pub(crate) async fn list(State(shared): State<Arc<Shared>>, Query(query): Asked, headers: HeaderMap) -> Response {
    match authenticated(&shared, &headers).and_then(|()| page(&shared, &query)) {
        Ok(page) => Json(page).into_response(),
        Err(problem) => problem.into_response(),
    }
}

pub(crate) async fn one(State(shared): State<Arc<Shared>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let found = authenticated(&shared, &headers).and_then(|()| match id.as_str() {
        Ivcap::FORBIDDEN_SERVICE => Err(Problem::new(StatusCode::FORBIDDEN, "account may not read this service")),
        id => (1..=Ivcap::SERVICES)
            .map(service)
            .find(|service| service["id"] == id)
            .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "no such service")),
    });
    match found {
        Ok(service) => Json(service).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// The next link leads to the other origin: only its query may be used, or a token goes where it shouldn't.
pub(crate) fn page(shared: &Shared, query: &HashMap<String, String>) -> Result<Value, Problem> {
    let bad = |detail| Problem::new(StatusCode::BAD_REQUEST, detail);
    let limit: usize = match query.get("limit") {
        None => 10,
        Some(limit) => {
            limit.parse().ok().filter(|limit| (1..=50).contains(limit)).ok_or_else(|| bad("limit is not 1 to 50"))?
        }
    };
    let from = match query.get("page") {
        None => 0,
        Some(cursor) => offset(cursor).ok_or_else(|| bad("page is no cursor"))?,
    };
    let href = |page: Option<usize>| {
        let page = page.map(|from| format!("&page={}", cursor(from))).unwrap_or_default();
        format!("{}/1/services2?limit={limit}{page}", shared.other_origin)
    };
    let mut links = vec![json!({"rel": "self", "type": "application/json", "href": href(None)})];
    if from + limit < Ivcap::SERVICES {
        links.push(json!({"rel": "next", "type": "application/json", "href": href(Some(from + limit))}));
    }
    let items: Vec<_> = (1..=Ivcap::SERVICES).skip(from).take(limit).map(service).collect();
    Ok(json!({"items": items, "links": links}))
}

fn authenticated(shared: &Shared, headers: &HeaderMap) -> Result<(), Problem> {
    let token = sent::bearer(headers).ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "missing token"))?;
    shared.verify_for(&[Realm::Ivcap], token).map(drop).map_err(Problem::token)
}

fn service(number: usize) -> Value {
    json!({
        "id": format!("urn:ivcap:service:{number}"),
        "name": format!("service {number}"),
        "description": "",
        "account": Ivcap::ACCOUNT_ID,
    })
}

fn cursor(from: usize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("from {from}"))
}

fn offset(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("from ")?.parse().ok().filter(|from| *from <= Ivcap::SERVICES)
}

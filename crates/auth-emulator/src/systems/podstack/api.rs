//! Whoami, projects, and the registry's list of experiments.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{Podstack, error::Problem};
use crate::{realm::Realm, sent, shared::Shared};

type Answered = Result<Response, Problem>;

pub(crate) async fn whoami(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    answer(admitted(&shared, &headers).map(|project| {
        Json(json!({"id": "user-1", "email": Podstack::EMAIL, "name": "Someone", "project": project})).into_response()
    }))
}

pub(crate) async fn projects(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    answer(admitted(&shared, &headers).and_then(|_| page("projects", shared.systems.podstack.list(), &query)))
}

pub(crate) async fn project(State(shared): State<Arc<Shared>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    answer(admitted(&shared, &headers).and_then(|_| usable(&shared, &id)).map(|found| Json(found).into_response()))
}

pub(crate) async fn create_project(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(admitted(&shared, &headers).and_then(|_| {
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        match body["name"].as_str().filter(|name| !name.is_empty()) {
            Some(name) => Ok((StatusCode::CREATED, Json(shared.systems.podstack.create(name))).into_response()),
            None => Err(Problem::invalid("name", "name is required")),
        }
    }))
}

/// Nothing is in a registry without a project.
pub(crate) async fn experiments(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    answer(admitted(&shared, &headers).and_then(|project| {
        let project = project.ok_or_else(|| Problem::invalid("X-Project-ID", "a project is required"))?;
        let experiments = vec![json!({"id": "exp-1", "name": "first", "project_id": project})];
        page("experiments", experiments, &query)
    }))
}

/// Who asks, and the project asked for, if any.
fn admitted(shared: &Shared, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let token = sent::bearer(headers).ok_or_else(Problem::no_token)?;
    shared.issuer.verify_opaque(Realm::Podstack, token, shared.now()).map_err(Problem::token)?;
    match headers.get("x-project-id") {
        None => Ok(None),
        Some(id) => {
            let id = id.to_str().map_err(|_| Problem::not_found())?;
            usable(shared, id).map(|_| Some(id.to_owned()))
        }
    }
}

fn usable(shared: &Shared, id: &str) -> Result<Value, Problem> {
    if id == Podstack::FORBIDDEN_PROJECT {
        return Err(Problem::forbidden());
    }
    shared.systems.podstack.find(id).ok_or_else(Problem::not_found)
}

fn page(name: &str, all: Vec<Value>, query: &HashMap<String, String>) -> Answered {
    let number = |field: &'static str, default: usize| match query.get(field).map(|text| text.parse::<usize>()) {
        None => Ok(default),
        Some(number) => number.map_err(|_| Problem::invalid(field, "not a number")),
    };
    let (limit, offset, total) = (number("limit", 20)?, number("offset", 0)?, all.len());
    if !(1..=100).contains(&limit) {
        return Err(Problem::invalid("limit", "not from 1 to 100"));
    }
    let page: Vec<_> = all.into_iter().skip(offset).take(limit).collect();
    Ok(Json(json!({name: page, "total": total, "limit": limit, "offset": offset})).into_response())
}

fn answer(answered: Answered) -> Response {
    answered.unwrap_or_else(Problem::into_response)
}

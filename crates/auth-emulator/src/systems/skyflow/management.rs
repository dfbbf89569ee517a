//! Service accounts and API keys over the management API.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::{
    access,
    accounts::{NewApiKey, Unfit},
    error::Problem,
};
use crate::{shared::Shared, systems::paths};

type Outcome = Result<Value, Problem>;

/// `apiKeyEnabled` says which kind: an API key, or a key file. Either is in this answer and nowhere else.
pub(crate) async fn create_account(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(access::authenticated(&shared, &headers).and_then(|()| {
        let body: Value = serde_json::from_slice(&body).map_err(|_| Problem::bad_request("the body is not JSON"))?;
        let name = body["serviceAccount"]["name"].as_str().or(body["name"].as_str()).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| Problem::bad_request("the service account has no name"))?;
        match &body["apiKeyEnabled"] {
            Value::Bool(true) => {
                let (client_id, key) = shared.systems.skyflow.create_api_key_account();
                Ok(json!({"clientID": client_id, "clientName": name, "apiKeyID": key.id, "apiKey": key.key}))
            }
            Value::Bool(false) | Value::Null => {
                let token_url = format!("{}{}", shared.url, paths::SKYFLOW_TOKEN);
                let key = shared.systems.handed_out.next(Algorithm::RS256);
                Ok(shared.systems.skyflow.create_bearer(name, key).credentials_json(&token_url))
            }
            _ => Err(Problem::bad_request("apiKeyEnabled is neither true nor false")),
        }
    }))
}

pub(crate) async fn list_keys(
    State(shared): State<Arc<Shared>>,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Response {
    answer(access::authenticated(&shared, &headers).and_then(|()| {
        let keys = shared.systems.skyflow.list_keys(&account).map_err(unfit)?;
        Ok(json!({"apiKeys": keys}))
    }))
}

pub(crate) async fn create_key(
    State(shared): State<Arc<Shared>>,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Response {
    answer(
        access::authenticated(&shared, &headers)
            .and_then(|()| shared.systems.skyflow.create_key(&account).map(shown).map_err(unfit)),
    )
}

pub(crate) async fn delete_key(
    State(shared): State<Arc<Shared>>,
    Path((account, key)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    answer(
        access::authenticated(&shared, &headers)
            .and_then(|()| shared.systems.skyflow.delete_key(&account, &key).map(|()| json!({})).map_err(unfit)),
    )
}

/// `rotate`, `disable` or `enable`.
pub(crate) async fn change_key(
    State(shared): State<Arc<Shared>>,
    Path((account, key, verb)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let accounts = &shared.systems.skyflow;
    answer(access::authenticated(&shared, &headers).and_then(|()| match verb.as_str() {
        "rotate" => accounts.rotate_key(&account, &key).map(shown).map_err(unfit),
        "disable" => accounts.set_disabled(&account, &key, true).map(|()| json!({})).map_err(unfit),
        "enable" => accounts.set_disabled(&account, &key, false).map(|()| json!({})).map_err(unfit),
        _ => Err(Problem::not_found("API keys can be rotated, disabled and enabled")),
    }))
}

fn shown(key: NewApiKey) -> Value {
    json!({"apiKeyID": key.id, "apiKey": key.key})
}

fn unfit(unfit: Unfit) -> Problem {
    match unfit {
        Unfit::NoAccount => Problem::not_found("the service account was not found"),
        Unfit::NoKey => Problem::not_found("the API key was not found"),
        Unfit::ApiKeys => Problem::forbidden("a service account with API keys has no key file"),
        Unfit::Bearer => Problem::forbidden("a service account with a key file can't make API keys"),
    }
}

fn answer(outcome: Outcome) -> Response {
    match outcome {
        Ok(body) => (StatusCode::OK, Json(body)).into_response(),
        Err(problem) => problem.into_response(),
    }
}

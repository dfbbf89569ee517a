//! `GET` and `POST /v1/vaults/{vault}/{table}`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};

use super::{Skyflow, access, error::Problem};
use crate::shared::Shared;

type Table = Path<(String, String)>;

pub(crate) async fn get(
    State(shared): State<Arc<Shared>>,
    Path((vault, table)): Table,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let ids = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "skyflow_ids");
    let ids: Vec<_> = ids.map(|(_, id)| id.into_owned()).collect();
    let found = admitted(&shared, &headers, &vault).and_then(|()| {
        let found = shared.systems.skyflow.records(|records| records.get(&table, &ids));
        found.ok_or_else(|| Problem::not_found("no record was found for one of the ids"))
    });
    match found {
        Ok(records) => {
            let records: Vec<_> = records.into_iter().map(|fields| json!({"fields": fields})).collect();
            Json(json!({"records": records})).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

pub(crate) async fn insert(
    State(shared): State<Arc<Shared>>,
    Path((vault, table)): Table,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let inserted = admitted(&shared, &headers, &vault).and_then(|()| {
        let body: Value = serde_json::from_slice(&body).map_err(|_| Problem::bad_request("the body is not JSON"))?;
        let records = body["records"].as_array().filter(|records| !records.is_empty());
        let fields = records.and_then(|all| all.iter().map(|one| one["fields"].as_object().cloned()).collect());
        fields.ok_or_else(|| Problem::bad_request("records is not a list of objects with fields"))
    });
    match inserted {
        Ok::<Vec<_>, _>(all) => {
            let ids = shared
                .systems
                .skyflow
                .records(|records| all.into_iter().map(|fields| records.insert(&table, fields)).collect::<Vec<_>>());
            let records: Vec<_> = ids.into_iter().map(|id| json!({"skyflow_id": id, "tokens": null})).collect();
            Json(json!({"records": records})).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

/// Who asks first, then for what: a stranger is not told which vaults there are.
fn admitted(shared: &Shared, headers: &HeaderMap, vault: &str) -> Result<(), Problem> {
    access::authenticated(shared, headers)?;
    match vault {
        Skyflow::VAULT_ID => Ok(()),
        _ => Err(Problem::not_found("the vault was not found")),
    }
}

//! `POST /ml/v1/text/generation?version=YYYY-MM-DD`.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::HeaderMap;
use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value, json};

use super::{Watsonx, access, error::Problem};
use crate::shared::Shared;

pub(crate) async fn generate(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    generated(&shared, &query, &headers, &body).map_or_else(Problem::into_response, IntoResponse::into_response)
}

fn generated(
    shared: &Shared,
    query: &HashMap<String, String>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Json<Value>, Problem> {
    access::authenticated(shared, headers)?;
    let version = query.get("version").map(String::as_str).unwrap_or_default();
    if version.len() != 10 || version.parse::<Date>().is_err() {
        return Err(Problem::bad_request(
            "invalid_version",
            "The query parameter `version` must be a date, YYYY-MM-DD",
        ));
    }
    let body: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|_| Problem::bad_request("json_type_error", "Json document is not an object"))?;
    let model = required(&body, "model_id")?;
    let input = required(&body, "input")?;
    container(&body, query, headers)?;
    if model != Watsonx::MODEL_ID {
        return Err(Problem::not_found("model_not_supported", "Model is not supported for this environment"));
    }
    let now = i64::try_from(shared.now().as_secs()).unwrap_or_default();
    let (text, words) = (text_for(input), input.split_whitespace().count());
    Ok(Json(json!({
        "model_id": model,
        "created_at": Timestamp::from_second(now).map_or_else(|_| String::new(), |now| now.to_string()),
        "results": [{
            "generated_text": text,
            "generated_token_count": text.split_whitespace().count(),
            "input_token_count": words,
            "stop_reason": "eos_token",
        }],
    })))
}

/// No model, but an answer that can't be had without the question: the input's words, the other way round.
fn text_for(input: &str) -> String {
    let words: Vec<_> = input.split_whitespace().rev().collect();
    format!("You said: {}", words.join(" "))
}

fn required<'a>(body: &'a Map<String, Value>, name: &str) -> Result<&'a str, Problem> {
    match body.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        None => Err(Problem::bad_request(
            "json_validation_error",
            format!("Json document validation error: {name} is a required field"),
        )),
        Some(_) => Err(Problem::bad_request(
            "json_validation_error",
            format!("Json document validation error: {name} must be a string with text"),
        )),
    }
}

/// The project or space, from the body, the query or a header, and only one of the two.
fn container(body: &Map<String, Value>, query: &HashMap<String, String>, headers: &HeaderMap) -> Result<(), Problem> {
    let find = |name: &str, header: &str| {
        let in_body = body.get(name).and_then(Value::as_str);
        let in_header = headers.get(header).and_then(|value| value.to_str().ok());
        in_body.or(query.get(name).map(String::as_str)).or(in_header).filter(|id| !id.is_empty()).map(str::to_owned)
    };
    match (find("project_id", "x-ibm-project-id"), find("space_id", "x-ibm-space-id")) {
        (Some(id), None) => access::project(&id),
        (None, Some(id)) => access::space(&id),
        (Some(_), Some(_)) => {
            Err(Problem::bad_request("invalid_request_entity", "Either space_id or project_id may be given, not both"))
        }
        (None, None) => Err(Problem::bad_request(
            "missing_required_parameters",
            "Either space_id or project_id has to be specified",
        )),
    }
}

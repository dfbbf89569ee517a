//! The record in JSON: what `Debug` prints of a request, and no more.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    Origin, RecordedRequest,
    recording::{Kind, Recording},
    redaction,
};

/// Which requests, and how many there have to be before there is an answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(default)]
    pub(super) kind: Of,
    #[serde(default)]
    pub(super) at_least: usize,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum Of {
    #[default]
    Any,
    Token,
    Api,
    Other,
}

impl Wanted {
    /// From a query; none if it has another field, or a value that means nothing.
    pub(super) fn parse(query: &str) -> Option<Self> {
        let field = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
            (name.into_owned(), value.parse::<u32>().map_or_else(|_| Value::from(&*value), Value::from))
        };
        let fields: Map<_, _> = form_urlencoded::parse(query.as_bytes()).map(field).collect();
        serde_json::from_value(fields.into()).ok()
    }
}

/// A text that no request may carry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sought {
    pub(super) text: String,
    #[serde(default)]
    pub(super) kind: Of,
}

impl From<Of> for Kind {
    fn from(of: Of) -> Self {
        match of {
            Of::Any => Self::Any,
            Of::Token => Self::Token,
            Of::Api => Self::Api,
            Of::Other => Self::Other,
        }
    }
}

/// How many of each kind there are.
pub(super) fn counts(recording: &Recording) -> Value {
    let [token, api, other, any] = [Kind::Token, Kind::Api, Kind::Other, Kind::Any].map(|kind| recording.count(kind));
    json!({ "token": token, "api": api, "other": other, "any": any })
}

pub(super) fn as_json(request: &RecordedRequest) -> Value {
    json!({
        "index": request.index(),
        "origin": match request.origin() {
            Origin::Main => "main",
            Origin::Other => "other",
        },
        "method": request.method().as_str(),
        "path": request.path(),
        "query": redaction::field_names(request.query().unwrap_or_default().as_bytes()),
        "headers": redaction::headers(request.headers()).collect::<Vec<_>>(),
        "form": redaction::form_names(request.headers(), request.body()),
        "body_len": request.body().len(),
        "status": request.status().map(|status| status.as_u16()),
        "rejection": request.rejection().map(|rejection| rejection.to_string()),
        "note": request.note(),
    })
}

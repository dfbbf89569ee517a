//! What a request's body is made of.

use auth_core::Context;
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::ApiError;

pub(super) enum Body {
    None,
    /// JSON that is ready.
    Json(Bytes),
    /// JSON that gets the fields of the context.
    Object(serde_json::Map<String, Value>),
    Raw(reqwest::Body),
}

impl Body {
    pub(super) fn json<T: Serialize + ?Sized>(value: &T, context: &Context) -> Result<Self, ApiError> {
        // What serde says may quote the value.
        let unusable =
            |_| ApiError::config("the request's body can't be written as JSON: a key is no text, or a value fails");
        if context.body_fields().next().is_none() {
            return serde_json::to_vec(value).map(|json| Self::Json(json.into())).map_err(unusable);
        }
        Ok(match serde_json::to_value(value).map_err(unusable)? {
            Value::Object(object) => Self::Object(object),
            other => Self::Json(serde_json::to_vec(&other).map_err(unusable)?.into()),
        })
    }

    pub(super) fn is_json(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Object(_))
    }

    /// The body as it is sent: with the context's fields that it does not have, but for those that are left out.
    pub(super) fn finish(self, context: &Context, left_out: &[String]) -> Result<Option<reqwest::Body>, ApiError> {
        Ok(match self {
            Self::None => None,
            Self::Json(json) => Some(json.into()),
            Self::Raw(body) => Some(body),
            Self::Object(mut object) => {
                for (name, value) in context.body_fields().filter(|(name, _)| !left_out.iter().any(|out| out == name)) {
                    object.entry(name).or_insert_with(|| value.into());
                }
                let unusable = |_| ApiError::config("the request's body can't be written as JSON");
                Some(serde_json::to_vec(&object).map_err(unusable)?.into())
            }
        })
    }
}

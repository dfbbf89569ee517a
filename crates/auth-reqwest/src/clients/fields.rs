//! Fields of JSON objects. By hand and not derived: a derive macro is a dependency more, and its errors quote values.

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::{Map, Value};

/// An object, field by field.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self)
    }

    /// The text under `name`; a number counts as one.
    pub(super) fn text<E: Error>(&mut self, name: &'static str) -> Result<String, E> {
        self.optional(name).ok_or_else(|| E::missing_field(name))
    }

    pub(super) fn optional(&mut self, name: &str) -> Option<String> {
        match self.0.remove(name)? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(super) fn value(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// What is left.
    pub(super) fn rest(self) -> Map<String, Value> {
        self.0
    }
}

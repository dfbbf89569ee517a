//! What is in the vault.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Skyflow;
use crate::random;

type Fields = Map<String, Value>;

/// By table, then by `skyflow_id`.
pub(crate) struct Records(BTreeMap<String, BTreeMap<String, Fields>>);

impl Records {
    pub(crate) fn insert(&mut self, table: &str, mut fields: Fields) -> String {
        let id = uuid(&random::hex(32));
        fields.insert("skyflow_id".to_owned(), json!(id));
        self.0.entry(table.to_owned()).or_default().insert(id.clone(), fields);
        id
    }

    /// Those of these ids, or `None` if one isn't there; all of the table without ids.
    pub(crate) fn get(&self, table: &str, ids: &[String]) -> Option<Vec<Fields>> {
        let records = self.0.get(table);
        if ids.is_empty() {
            return Some(records.into_iter().flat_map(BTreeMap::values).cloned().collect());
        }
        ids.iter().map(|id| records.and_then(|records| records.get(id)).cloned()).collect()
    }
}

impl Default for Records {
    fn default() -> Self {
        let record = json!({"skyflow_id": Skyflow::RECORD_ID, "name": "Ada Lovelace"});
        let record = record.as_object().cloned().unwrap_or_default();
        let table = BTreeMap::from([(Skyflow::RECORD_ID.to_owned(), record)]);
        Self(BTreeMap::from([(Skyflow::TABLE.to_owned(), table)]))
    }
}

fn uuid(hex: &str) -> String {
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

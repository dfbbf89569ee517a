//! The projects that there are.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::Podstack;
use crate::random;

/// Ids and names, in the order they were made.
pub(crate) struct Book(Mutex<Vec<(String, String)>>);

impl Book {
    pub(crate) fn list(&self) -> Vec<Value> {
        self.lock().iter().map(|(id, name)| json!({"id": id, "name": name})).collect()
    }

    pub(crate) fn find(&self, id: &str) -> Option<Value> {
        self.list().into_iter().find(|project| project["id"] == id)
    }

    pub(crate) fn create(&self, name: &str) -> Value {
        let id = format!("proj-{}", random::id(10));
        self.lock().push((id.clone(), name.to_owned()));
        json!({"id": id, "name": name})
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Book {
    fn default() -> Self {
        Self(Mutex::new(vec![(Podstack::PROJECT.to_owned(), "first".to_owned())]))
    }
}

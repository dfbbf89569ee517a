//! The fields of a form, each of them once.

use std::collections::HashMap;

/// RFC 6749, section 3.2: a parameter without a value is as if it were left out, and none may be there twice.
pub(crate) struct Form(HashMap<String, String>);

impl Form {
    /// `None` if a field is there twice.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let mut form = HashMap::new();
        for (name, value) in form_urlencoded::parse(body).into_owned() {
            if form.insert(name, value).is_some() {
                return None;
            }
        }
        form.retain(|_, value| !value.is_empty());
        Some(Self(form))
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }
}

//! What `Debug` may print of a request.

use std::fmt;

use http::{HeaderMap, HeaderName, header};

/// Headers that never hold a secret. A list of the harmless, because a secret travels in headers nobody has heard of.
const HARMLESS: [HeaderName; 8] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::HOST,
    header::TRANSFER_ENCODING,
    header::USER_AGENT,
];

pub(crate) struct Headers<'a>(pub(crate) &'a HeaderMap);

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.0.iter().map(|(name, value)| match value.to_str() {
                Ok(value) if HARMLESS.contains(name) => (name, value),
                _ => (name, "[redacted]"),
            }))
            .finish()
    }
}

/// The names in a form body; none for another body, whose text would read as one long name.
pub(crate) fn form_names(headers: &HeaderMap, body: &[u8]) -> Vec<String> {
    if is_form(headers) { field_names(body) } else { Vec::new() }
}

/// The names in a query or form. A field without `=` may be the secret itself and has no name to show.
pub(crate) fn field_names(fields: &[u8]) -> Vec<String> {
    let named = |field: &&[u8]| field.contains(&b'=');
    let name = |field| form_urlencoded::parse(field).next().map(|(name, _)| name.into_owned());
    fields.split(|byte| *byte == b'&').filter(named).filter_map(name).collect()
}

/// `application/x-www-form-urlencoded`, with or without parameters.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

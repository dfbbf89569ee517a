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
        f.debug_map().entries(headers(self.0)).finish()
    }
}

/// Names, and the values that may be shown.
pub(crate) fn headers(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers.iter().map(|(name, value)| match value.to_str() {
        Ok(value) if HARMLESS.contains(name) => (name.as_str(), value),
        _ => (name.as_str(), "[redacted]"),
    })
}

/// The names in a form body; none for another body, whose text would read as one long name.
pub(crate) fn form_names(headers: &HeaderMap, body: &[u8]) -> Vec<String> {
    if is_form(headers) { field_names(body) } else { Vec::new() }
}

/// Names of fields that are known to be names: a field without a value, or one that is all padding, may be the secret itself.
const FIELDS: [&str; 26] = [
    "grant_type",
    "apikey",
    "response_type",
    "scope",
    "client_id",
    "client_secret",
    "refresh_token",
    "assertion",
    "access_token",
    "profile_id",
    "cr_token",
    "profile_crn",
    "profile_name",
    "account",
    "subject_token",
    "subject_token_type",
    "requested_token_type",
    "actor_token",
    "actor_token_type",
    "audience",
    "resource",
    "client_assertion",
    "client_assertion_type",
    "version",
    "limit",
    "page",
];

/// The names in a query or form, as far as they are known.
pub(crate) fn field_names(fields: &[u8]) -> Vec<String> {
    let name = |(name, _): (std::borrow::Cow<'_, str>, _)| match FIELDS.contains(&&*name) {
        true => name.into_owned(),
        false => "[other]".to_owned(),
    };
    form_urlencoded::parse(fields).map(name).collect()
}

/// `application/x-www-form-urlencoded`, with or without parameters.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

//! The client that may use the token endpoint.

use base64::{Engine, prelude::BASE64_STANDARD};

/// A client id and its secret, as the `Authorization` header it has to send.
pub(crate) struct Client {
    authorization: String,
}

impl Client {
    pub(crate) fn new(id: &str, secret: &str) -> Self {
        Self { authorization: BASE64_STANDARD.encode(format!("{id}:{secret}")) }
    }

    /// `Basic` in any case, then the credentials exactly (RFC 7617, section 2).
    pub(crate) fn sent(&self, authorization: &str) -> bool {
        authorization.split_once(' ').is_some_and(|(scheme, credentials)| {
            scheme.eq_ignore_ascii_case("basic") && credentials == self.authorization
        })
    }
}

//! Verifies access tokens: the strict reader that a careless one is compared with.
//!
//! jsonwebtoken checks the signature. The rest is done here, because its own `decode` takes a token in the very second
//! of its `exp`, and of two claims with the same name the last.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};

use crate::{Claims, Rejection, unique_members::UniqueMembers};

/// More than any header field should hold; checked before base64, so that a large token costs nothing.
const MAX_TOKEN: usize = 64 * 1024;

/// Of the encoded header. Ours has under a hundred characters; what needs thousands is an attack on its reader.
const MAX_HEADER: usize = 4 * 1024;

/// Ways for a token to bring its own key along (RFC 7515, sections 4.1.2 to 4.1.6).
const EMBEDDED_KEYS: [&str; 4] = ["jwk", "jku", "x5c", "x5u"];

pub(crate) struct Verifier {
    key: DecodingKey,
    key_id: &'static str,
    issuer: String,
    audience: String,
}

impl Verifier {
    pub(crate) fn new(key: &DecodingKey, key_id: &'static str, issuer: String, audience: String) -> Self {
        Self { key: key.clone(), key_id, issuer, audience }
    }

    /// `now` is the time since 1970.
    pub(crate) fn verify(
        &self,
        token: &str,
        now: Duration,
        is_revoked: impl FnOnce(&str) -> bool,
    ) -> Result<Claims, Rejection> {
        if token.len() > MAX_TOKEN {
            return Err(Rejection::TooLarge);
        }
        let (message, header, claims, signature) = parts(token).ok_or(Rejection::Format)?;
        if header.len() > MAX_HEADER {
            return Err(Rejection::TooLarge);
        }
        let header = decode(header)?;
        let claims = decode(claims)?;
        decode(signature)?;

        self.check_header(&header)?;
        let fits = crypto::verify(signature, message.as_bytes(), &self.key, Algorithm::RS256);
        if !fits.unwrap_or(false) {
            return Err(Rejection::Signature);
        }
        let claims = Claims::read(&claims, now, &self.issuer, &self.audience)?;
        if is_revoked(claims.jti()) {
            return Err(Rejection::Revoked);
        }
        Ok(claims)
    }

    fn check_header(&self, json: &[u8]) -> Result<(), Rejection> {
        let header = UniqueMembers::parse(json).ok_or(Rejection::Header)?;
        let alg = header.get("alg").and_then(|alg| alg.as_str()).ok_or(Rejection::Header)?;
        if alg != "RS256" {
            return Err(Rejection::Algorithm);
        }
        if header.contains_key("crit") || header.contains_key("b64") {
            return Err(Rejection::Crit);
        }
        if let Some(typ) = header.get("typ") {
            let typ = typ.as_str().ok_or(Rejection::Header)?;
            // `JWT` as IAM may write it, `at+jwt` of RFC 9068; media types don't mind case.
            if !["JWT", "at+jwt", "application/at+jwt"].iter().any(|known| typ.eq_ignore_ascii_case(known)) {
                return Err(Rejection::Type);
            }
        }
        if EMBEDDED_KEYS.iter().any(|name| header.contains_key(*name)) {
            return Err(Rejection::Key);
        }
        // Compared, never looked up: a `kid` that is a path or a query finds nothing to act on.
        if header.get("kid").and_then(|kid| kid.as_str()) != Some(self.key_id) {
            return Err(Rejection::Key);
        }
        Ok(())
    }
}

/// What is signed, header, claims, signature; none of them empty.
fn parts(token: &str) -> Option<(&str, &str, &str, &str)> {
    let (message, signature) = token.rsplit_once('.')?;
    let (header, claims) = message.split_once('.')?;
    let whole = !header.is_empty() && !claims.is_empty() && !claims.contains('.') && !signature.is_empty();
    whole.then_some((message, header, claims, signature))
}

fn decode(part: &str) -> Result<Vec<u8>, Rejection> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| Rejection::Base64)
}

#[cfg(test)]
mod tests;

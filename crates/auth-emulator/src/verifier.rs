//! Verifies JWTs: the strict reader that a careless one is compared with.
//!
//! jsonwebtoken checks the signature. The rest is done here, because its own `decode` takes a token in the very second
//! of its `exp`, and of two claims with the same name the last.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::crypto;
use serde_json::{Map, Value};

use crate::{
    Rejection,
    claims::{Audience, Registered},
    public_key::{self, PublicKey},
    rules::Rules,
    unique_members::UniqueMembers,
};

/// More than any header field should hold; checked before base64, so that a large token costs nothing.
const MAX_TOKEN: usize = 64 * 1024;

/// Of the encoded header. Ours has under a hundred characters; what needs thousands is an attack on its reader.
const MAX_HEADER: usize = 4 * 1024;

/// Ways for a token to bring its own key along (RFC 7515, sections 4.1.2 to 4.1.6).
const EMBEDDED_KEYS: [&str; 4] = ["jwk", "jku", "x5c", "x5u"];

const ALGORITHMS: [&str; 3] = ["RS256", "ES256", "EdDSA"];

/// Who is trusted to have signed, and for whom. Found by what the token claims, which is proved only afterwards.
pub(crate) struct Party {
    pub(crate) issuers: Vec<String>,
    /// The one `sub` that is right; any that isn't empty if there is none.
    pub(crate) subject: Option<String>,
    /// No audience is asked for when empty.
    pub(crate) audiences: Vec<String>,
    pub(crate) keys: Vec<PublicKey>,
}

/// The claims of a JWT that was found good.
pub(crate) struct Verified {
    pub(crate) members: Map<String, Value>,
    pub(crate) subject: String,
    pub(crate) jti: Option<String>,
    pub(crate) expires_at: Option<Duration>,
}

/// `now` is the time since 1970. `party` gets the claims before they are proved: it may look up and compare, no more.
pub(crate) fn verify(
    rules: &Rules,
    token: &str,
    now: Duration,
    party: impl FnOnce(&Map<String, Value>) -> Result<Party, Rejection>,
) -> Result<Verified, Rejection> {
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

    let header = UniqueMembers::parse(&header).ok_or(Rejection::Header)?;
    let algorithm = check_header(rules, &header)?;
    let members = UniqueMembers::parse(&claims).ok_or(Rejection::Claims)?;
    let registered = Registered::of(&members)?;
    let party = party(&members)?;
    let key = key_of(rules, &header, algorithm, &party.keys)?;
    if !crypto::verify(signature, message.as_bytes(), &key.key, key.algorithm).unwrap_or(false) {
        return Err(Rejection::Signature);
    }
    check_claims(rules, &registered, &party, now)?;
    let subject = registered.sub.unwrap_or_default().to_owned();
    let (jti, expires_at) = (registered.jti.map(str::to_owned), registered.exp);
    Ok(Verified { members, subject, jti, expires_at })
}

/// What can be said before the key is known; gives the algorithm.
fn check_header<'a>(rules: &Rules, header: &'a Map<String, Value>) -> Result<&'a str, Rejection> {
    let alg = header.get("alg").and_then(|alg| alg.as_str()).ok_or(Rejection::Header)?;
    if !ALGORITHMS.contains(&alg) {
        return Err(Rejection::Algorithm);
    }
    if header.contains_key("crit") || header.contains_key("b64") {
        return Err(Rejection::Crit);
    }
    match header.get("typ") {
        Some(typ) => {
            let typ = typ.as_str().ok_or(Rejection::Header)?.to_ascii_lowercase();
            // RFC 7515, section 4.1.9: `application/` may be left out, and media types don't mind case.
            let typ = typ.strip_prefix("application/").unwrap_or(&typ);
            if !rules.types.iter().any(|known| typ.eq_ignore_ascii_case(known)) {
                return Err(Rejection::Type);
            }
        }
        None if !rules.untyped => return Err(Rejection::Type),
        None => {}
    }
    if EMBEDDED_KEYS.iter().any(|name| header.contains_key(*name)) {
        return Err(Rejection::Key);
    }
    Ok(alg)
}

/// A `kid` is compared, never looked up: one that is a path or a query finds nothing to act on. The algorithm is the
/// key's own; the header has to agree (RFC 8725, section 3.1).
fn key_of<'a>(
    rules: &Rules,
    header: &Map<String, Value>,
    algorithm: &str,
    keys: &'a [PublicKey],
) -> Result<&'a PublicKey, Rejection> {
    let named = match header.get("kid") {
        Some(id) => Some(id.as_str().ok_or(Rejection::Key)?),
        None if rules.key_id => return Err(Rejection::Key),
        None => None,
    };
    let mut candidates = keys.iter().filter(|key| named.is_none_or(|id| key.id == id)).peekable();
    if candidates.peek().is_none() {
        return Err(Rejection::Key);
    }
    candidates.find(|key| public_key::name(key.algorithm) == algorithm).ok_or(Rejection::Algorithm)
}

fn check_claims(rules: &Rules, claims: &Registered<'_>, party: &Party, now: Duration) -> Result<(), Rejection> {
    match claims.exp {
        None if rules.required.contains(&"exp") => return Err(Rejection::MissingClaim("exp")),
        Some(exp) if now >= exp => return Err(Rejection::Expired),
        Some(exp) if rules.longest.is_some_and(|longest| exp - now > longest) => return Err(Rejection::Lifetime),
        _ => {}
    }
    if [claims.nbf, claims.iat].into_iter().flatten().any(|from| from > now.saturating_add(rules.leeway)) {
        return Err(Rejection::NotYetValid);
    }
    let known = |audience: &str| party.audiences.iter().any(|ours| ours == audience);
    let meant = match &claims.audience {
        Audience::Missing => false,
        Audience::One(one) => known(one),
        Audience::Several(_) if rules.single_audience => false,
        Audience::Several(several) => several.iter().any(|one| known(one)),
    };
    if !meant && !party.audiences.is_empty() {
        return Err(Rejection::Audience);
    }
    if !claims.iss.is_some_and(|iss| party.issuers.iter().any(|issuer| issuer == iss)) {
        return Err(Rejection::Issuer);
    }
    let subject = claims.sub.filter(|sub| !sub.is_empty()).ok_or(Rejection::Subject)?;
    if party.subject.as_ref().is_some_and(|right| right != subject) {
        return Err(Rejection::Subject);
    }
    for name in rules.required {
        let there = match *name {
            "jti" => claims.jti.is_some_and(|jti| !jti.is_empty()),
            "iat" => claims.iat.is_some(),
            _ => true,
        };
        if !there {
            return Err(Rejection::MissingClaim(name));
        }
    }
    Ok(())
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

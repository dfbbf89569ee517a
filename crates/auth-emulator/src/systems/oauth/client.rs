//! Who sends a token request: client authentication (RFC 6749, section 2.3, and RFC 7523, section 2.2).

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::GrantError;
use crate::{
    Rejection,
    form::Form,
    record::Note,
    rules,
    shared::Shared,
    systems::paths,
    verifier::{self, Party},
};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const DEPRECATED_AUDIENCE: Note =
    Note("the audience of the client assertion is the token endpoint, which is deprecated: it should be the issuer");

/// What became of the client's credentials.
pub(crate) struct Shown {
    pub(crate) client: Sender,
    pub(crate) note: Option<Note>,
}

pub(crate) enum Sender {
    /// Proved.
    Client(String),
    /// A client without a secret says its name.
    Public(String),
    Nobody,
}

pub(crate) fn client(shared: &Shared, headers: &HeaderMap, form: &mut Form) -> Result<Shown, GrantError> {
    let authorization = headers.get(header::AUTHORIZATION);
    let (id, secret) = (form.take("client_id"), form.take("client_secret"));
    let (assertion, kind) = (form.take("client_assertion"), form.take("client_assertion_type"));
    let ways = [authorization.is_some(), secret.is_some(), assertion.is_some() || kind.is_some()];
    if ways.into_iter().filter(|way| *way).count() > 1 {
        return Err(GrantError::InvalidRequest("a client shows itself in one way"));
    }
    let registry = &shared.systems.oauth;
    if let Some(authorization) = authorization {
        let (basic_id, secret) = authorization.to_str().ok().and_then(basic).ok_or(GrantError::InvalidClient)?;
        let agrees = id.is_none_or(|id| id == basic_id);
        let right = agrees && registry.has_secret(&basic_id, &secret);
        return if right { Ok(Shown::client(basic_id)) } else { Err(GrantError::InvalidClient) };
    }
    if assertion.is_some() || kind.is_some() {
        let assertion = assertion.ok_or(GrantError::InvalidRequest("client_assertion is missing"))?;
        if kind.as_deref() != Some(ASSERTION_TYPE) {
            return Err(GrantError::InvalidRequest("client_assertion_type is not that of a JWT"));
        }
        return by_assertion(shared, &assertion, id);
    }
    match (id, secret) {
        (Some(id), Some(secret)) if registry.has_secret(&id, &secret) => Ok(Shown::client(id)),
        (Some(id), None) if registry.is_public(&id) => Ok(Shown { client: Sender::Public(id), note: None }),
        (None, None) => Ok(Shown { client: Sender::Nobody, note: None }),
        _ => Err(GrantError::InvalidClient),
    }
}

/// Id and secret are form-encoded before they are joined, so that an id may hold a colon (RFC 6749, section 2.3.1).
fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let credentials = String::from_utf8(BASE64_STANDARD.decode(credentials).ok()?).ok()?;
    let (id, secret) = credentials.split_once(':')?;
    Some((decoded(id)?, decoded(secret)?))
}

/// `application/x-www-form-urlencoded`, strictly: what should have been encoded and wasn't is refused, because another
/// server would read it in another way.
fn decoded(text: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"*-._~+%".contains(&byte);
    if !text.bytes().all(plain) {
        return None;
    }
    // Without `=` and `&`, a form is one name.
    Some(form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default())
}

fn by_assertion(shared: &Shared, assertion: &str, id: Option<String>) -> Result<Shown, GrantError> {
    let verified = verifier::verify(&rules::CLIENT_ASSERTION, assertion, shared.now(), |claims| party(shared, claims));
    let verified = verified.map_err(GrantError::RejectedClient)?;
    if id.is_some_and(|id| id != verified.subject) {
        return Err(GrantError::InvalidClient);
    }
    shared.systems.replays.admit(&verified, shared.now()).map_err(GrantError::RejectedClient)?;
    let deprecated = verified.members.get("aud").is_some_and(|aud| *aud == token_url(shared));
    Ok(Shown { note: deprecated.then_some(DEPRECATED_AUDIENCE), ..Shown::client(verified.subject) })
}

fn party(shared: &Shared, claims: &Map<String, Value>) -> Result<Party, Rejection> {
    let id = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
    Ok(Party {
        keys: shared.systems.oauth.client_keys(id).ok_or(Rejection::Issuer)?,
        issuers: vec![id.to_owned()],
        subject: Some(id.to_owned()),
        audiences: audiences(shared),
    })
}

/// By what names the server may be meant.
pub(crate) fn audiences(shared: &Shared) -> Vec<String> {
    vec![crate::realm::Realm::OAuth.issuer(&shared.url), token_url(shared)]
}

fn token_url(shared: &Shared) -> String {
    format!("{}{}", shared.url, paths::OAUTH_TOKEN)
}

impl Shown {
    fn client(id: String) -> Self {
        Self { client: Sender::Client(id), note: None }
    }
}

//! What is asked of each kind of JWT.

use std::time::Duration;

/// How far a signer's clock may be ahead of ours. Only `nbf` and `iat` have it: a token that is over is over.
const LEEWAY: Duration = Duration::from_secs(60);

/// An assertion is for now; one that lives longer than an hour is a password.
const LONGEST: Duration = Duration::from_secs(3600);

/// The rules for one kind of JWT. RFC 8725, section 3.12, asks for rules that no other kind passes.
pub(crate) struct Rules {
    /// The values of `typ` that are taken, compared without case and without `application/`.
    pub(crate) types: &'static [&'static str],
    /// Whether a JWT without `typ` is taken.
    pub(crate) untyped: bool,
    /// Whether the header has to name the key. One that is named must be the right one in any case.
    pub(crate) key_id: bool,
    /// Whether `aud` has to be a single string.
    pub(crate) single_audience: bool,
    /// Claims that have to be there, beside `iss`, `sub` and, where there is an audience, `aud`.
    pub(crate) required: &'static [&'static str],
    pub(crate) leeway: Duration,
    /// How far ahead `exp` may be.
    pub(crate) longest: Option<Duration>,
}

/// Ours: issuer and API have the same clock. RFC 9068's type, and the one that IAM writes.
pub(crate) const ACCESS_TOKEN: Rules = Rules {
    types: &["JWT", "at+jwt"],
    untyped: true,
    key_id: true,
    single_audience: false,
    // Without `jti` it could never be revoked.
    required: &["exp", "jti"],
    leeway: Duration::ZERO,
    longest: None,
};

/// Cape's: it lives until it is deleted, and its header names no key.
pub(crate) const PERSONAL_ACCESS_TOKEN: Rules =
    Rules { types: &["JWT"], key_id: false, required: &["jti"], ..ACCESS_TOKEN };

/// Skyflow's assertion of a service account: no `kid`, no `jti`, and an hour to live.
pub(crate) const SERVICE_ACCOUNT: Rules = Rules {
    types: &["JWT"],
    untyped: true,
    key_id: false,
    single_audience: true,
    required: &["exp"],
    leeway: LEEWAY,
    longest: Some(LONGEST),
};

/// Skyflow's signed data tokens, which the holder may make as long-lived as the holder likes.
pub(crate) const DATA_TOKEN: Rules =
    Rules { single_audience: false, required: &["exp", "iat"], longest: None, ..SERVICE_ACCOUNT };

/// `private_key_jwt` by the revision of RFC 7523 (draft-ietf-oauth-rfc7523bis): a type of its own, one audience.
pub(crate) const CLIENT_ASSERTION: Rules = Rules {
    types: &["client-authentication+jwt"],
    untyped: false,
    key_id: false,
    single_audience: true,
    required: &["exp", "jti"],
    leeway: LEEWAY,
    longest: Some(LONGEST),
};

/// The grant of RFC 7523, section 2.1.
pub(crate) const AUTHORIZATION_GRANT: Rules = Rules {
    types: &["JWT", "authorization-grant+jwt"],
    untyped: true,
    key_id: false,
    single_audience: false,
    required: &["exp"],
    leeway: LEEWAY,
    longest: Some(LONGEST),
};

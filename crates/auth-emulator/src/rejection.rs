//! Why a token was refused.

/// Why [`Emulator::verify`](crate::Emulator::verify) and the protected API refused a token.
///
/// The text says what is wrong and never quotes the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The token is over 64 KiB, or its header is over 4 KiB. Found before anything is decoded.
    #[error("the token is too large")]
    TooLarge,
    /// Not three parts with dots between them (RFC 7515, section 7.1).
    #[error("the token is not three parts with dots between them")]
    Format,
    /// A part isn't base64url: padding, white space, a foreign character, or bits left over at the end.
    #[error("a part of the token is not strict base64url")]
    Base64,
    /// The header isn't a JSON object with each member once and `alg` as a string.
    #[error("the header is not a JSON object with an `alg`")]
    Header,
    /// `alg` is another than the key's own: RS256 for access tokens, and for assertions what their key was registered
    /// for. The header never chooses the algorithm (RFC 8725, section 3.1).
    #[error("the algorithm is not that of the key")]
    Algorithm,
    /// `typ` says that this is another kind of JWT (RFC 8725, section 3.11).
    #[error("the type is not that of this kind of token")]
    Type,
    /// `crit` or `b64` asks for an extension; none is supported (RFC 7515, section 4.1.11, and RFC 7797).
    #[error("the header asks for an extension that is not supported")]
    Crit,
    /// The key isn't the signer's: another `kid`, none, or one that the token brings along (`jwk`, `jku`, `x5c`,
    /// `x5u`), which is neither trusted nor fetched.
    #[error("the key is not one of this issuer")]
    Key,
    /// The signature doesn't fit header and claims.
    #[error("the signature does not fit")]
    Signature,
    /// The claims aren't a JSON object with each member once and registered claims of the right type.
    #[error("the claims are not a JSON object with claims of the right type")]
    Claims,
    /// A claim that this kind of token needs isn't there.
    #[error("the claim `{0}` is missing")]
    MissingClaim(&'static str),
    /// Now is on or after `exp` (RFC 7519, section 4.1.4), with no leeway: issuer and API have the same clock.
    #[error("the token expired")]
    Expired,
    /// `exp` is further ahead than an assertion may live.
    #[error("the assertion is valid for too long")]
    Lifetime,
    /// `nbf` or `iat` is in the future: with no leeway in our own tokens, with a minute in what others signed.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `aud` is missing, or isn't and doesn't hold the verifier's own name, character by character; or it is an array
    /// where a single name is asked for.
    #[error("the token is for another audience")]
    Audience,
    /// `iss` is missing or another.
    #[error("the token is of another issuer")]
    Issuer,
    /// `sub` is missing or empty, or isn't the one that goes with the issuer.
    #[error("the token has no subject that it may speak for")]
    Subject,
    /// The assertion's `jti` was seen before.
    #[error("the assertion was used before")]
    Replay,
    /// The token was revoked, or deleted, or was never issued here.
    #[error("the token was revoked")]
    Revoked,
}

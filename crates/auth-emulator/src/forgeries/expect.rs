//! What becomes of a forgery: what its row says, and where a kind of token is another matter, what that is.

use jsonwebtoken::Algorithm;

use super::seat::{Kind, Seat};
use crate::{Rejection, realm::Realm};

#[derive(Debug)]
pub(crate) enum Expected {
    Accept,
    AcceptWithNote,
    Reject(String),
    /// There is no such thing at this place.
    Nothing,
}

fn reject(reason: &str) -> Expected {
    Expected::Reject(reason.to_owned())
}

/// The row's own answer, but for those rows that say "for assertions", "for access tokens" and the like.
pub(crate) fn of_corpus(id: &str, answer: &str, seat: &Seat) -> Expected {
    use Kind::{Access, Client, DataToken, Grant, PersonalAccessToken, ServiceAccount, SubjectToken};
    match (id, seat.kind) {
        ("exp_missing", PersonalAccessToken) => Expected::Accept,
        ("exp_missing", _) => reject("MissingClaim"),
        ("aud_array_with_ours", Client | ServiceAccount) => reject("Audience"),
        ("aud_array_with_ours", _) => Expected::Accept,
        // Python's SDK writes none, so no audience is asked for.
        ("aud_missing" | "aud_trailing_slash" | "aud_token_endpoint", DataToken) => Expected::Accept,
        ("aud_token_endpoint", Client) => Expected::AcceptWithNote,
        // For Skyflow it is the one right audience.
        ("aud_token_endpoint", Grant | SubjectToken | ServiceAccount) => Expected::Accept,
        ("aud_token_endpoint", Access(_) | PersonalAccessToken) => reject("Audience"),
        // What is shown with every request is shown more than once.
        ("jti_replay", Access(_) | PersonalAccessToken | DataToken | SubjectToken) => Expected::Accept,
        ("jti_missing", Grant | SubjectToken | ServiceAccount | DataToken) => Expected::Accept,
        ("deleted_pat", Access(_) | PersonalAccessToken) => reject("Revoked"),
        ("deleted_pat", _) => Expected::Nothing,
        ("jwk_embedded" | "x5u", _) => reject("Key"),
        // A key of another algorithm is never tried, so a signature of nothing is not looked at.
        ("es256_sig_zero", _) if seat.algorithm != Algorithm::ES256 => reject("Algorithm"),
        _ => match answer.strip_prefix("reject:") {
            Some(reason) => reject(&reason.chars().take_while(|c| c.is_ascii_alphanumeric()).collect::<String>()),
            None => Expected::Accept,
        },
    }
}

/// Ours say one of a reason and "accept"; those about audience, replay and lifetime depend on the kind.
pub(crate) fn of_ours(id: &str, answer: &str, seat: &Seat) -> Expected {
    use Kind::{Access, Client, DataToken, Grant, PersonalAccessToken, ServiceAccount, SubjectToken};
    match (id, seat.kind) {
        ("exp_far_future", Access(_) | PersonalAccessToken | DataToken) => Expected::Accept,
        ("aud_case" | "aud_empty_array" | "aud_array_of_others" | "aud_of_another_system", DataToken) => {
            Expected::Accept
        }
        ("typ_missing", Client) => reject("Type"),
        ("typ_jwt", Client) => reject("Type"),
        ("typ_with_application", _) => Expected::Accept,
        // At Cape, what names no key is a personal access token.
        ("kid_missing", Access(Realm::CapeLogin)) => reject("Issuer"),
        ("kid_missing", Access(_)) => reject("Key"),
        ("iat_within_leeway", Access(_) | PersonalAccessToken) => reject("NotYetValid"),
        ("jti_empty", PersonalAccessToken) => Expected::Nothing,
        ("jti_empty", Grant | SubjectToken | ServiceAccount | DataToken) => Expected::Accept,
        ("sub_other", Access(_) | Grant | SubjectToken) => Expected::Accept,
        ("iss_missing", DataToken) => reject("Issuer"),
        _ if answer == "accept" => Expected::Accept,
        _ => reject(answer),
    }
}

/// Whether a rejection has this name, whatever it holds.
pub(crate) fn is(rejection: Rejection, name: &str) -> bool {
    let printed = format!("{rejection:?}");
    printed.split('(').next() == Some(name)
}

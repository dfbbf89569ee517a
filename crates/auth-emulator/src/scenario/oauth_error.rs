//! The token endpoint says no, in the words of OAuth.

use http::StatusCode;
use serde_json::json;

use super::Scenario;
use crate::Answer;

/// Every error code of these specifications, wherever a client may be told it, and one that nobody knows.
const CODES: [&str; 47] = [
    // RFC 6749, sections 5.2 and 4.1.2.1.
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "access_denied",
    "unsupported_response_type",
    "server_error",
    "temporarily_unavailable",
    // RFC 6750, section 3.1, and RFC 9470.
    "invalid_token",
    "insufficient_scope",
    "insufficient_user_authentication",
    // RFC 7009.
    "unsupported_token_type",
    // RFC 7591.
    "invalid_redirect_uri",
    "invalid_client_metadata",
    "invalid_software_statement",
    "unapproved_software_statement",
    // RFC 8628.
    "authorization_pending",
    "slow_down",
    "expired_token",
    // RFC 8707, used by RFC 8693.
    "invalid_target",
    // RFC 9200.
    "unsupported_pop_key",
    "incompatible_ace_profiles",
    // RFC 9396.
    "invalid_authorization_details",
    // RFC 9449.
    "invalid_dpop_proof",
    "use_dpop_nonce",
    // OpenID Connect: Core, section 3.1.2.6, and Unmet Authentication Requirements.
    "interaction_required",
    "login_required",
    "account_selection_required",
    "consent_required",
    "invalid_request_uri",
    "invalid_request_object",
    "request_not_supported",
    "request_uri_not_supported",
    "registration_not_supported",
    "unmet_authentication_requirements",
    // OpenID Connect CIBA, sections 13 and 12; those of its section 11 are RFC 8628's.
    "expired_login_hint_token",
    "unknown_user_id",
    "missing_user_code",
    "invalid_user_code",
    "invalid_binding_message",
    "transaction_failed",
    // User-Managed Access 2.0, section 3.3.6 of its grant.
    "need_info",
    "request_denied",
    "request_submitted",
    // Nobody's.
    "something_new",
];

pub(super) fn all() -> Vec<Scenario> {
    let each = CODES.into_iter().flat_map(|code| [200, 400, 401].map(|status| one(code, status)));
    each.collect()
}

fn one(code: &str, status: u16) -> Scenario {
    let body = json!({"error": code, "error_description": "in the words of OAuth"}).to_string();
    let answer =
        Answer::new(StatusCode::from_u16(status).expect("it is one of three")).with_body("application/json", body);
    let description = format!("the token endpoint answers {status} and the error {code}");
    Scenario::token(format!("{status}/{code}"), description, answer)
}

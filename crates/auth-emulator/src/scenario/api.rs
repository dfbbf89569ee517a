//! The API refuses a token that is good.

use http::{HeaderValue, StatusCode, header};

use super::Scenario;
use crate::Answer;

/// What a 401 says about the token (RFC 9110, section 11.6.1; RFC 6750, section 3).
const CHALLENGES: [(&str, &str); 9] = [
    ("bearer", "Bearer"),
    ("invalid-token", r#"Bearer realm="api", error="invalid_token", error_description="it ended""#),
    ("expired-token", r#"Bearer error="expired_token""#),
    ("insufficient-scope", r#"Bearer error="insufficient_scope", scope="more""#),
    ("invalid-request", r#"Bearer error="invalid_request""#),
    ("step-up", r#"Bearer error="insufficient_user_authentication", acr_values="mfa""#),
    ("basic", r#"Basic realm="api""#),
    ("two", r#"Basic realm="api", Bearer error="invalid_token""#),
    ("garbage", r#"Bearer error="unterminated"#),
];

pub(super) fn all() -> Vec<Scenario> {
    let bare = Answer::new(StatusCode::UNAUTHORIZED);
    let mut all = vec![Scenario::api("401-no-challenge", "the API answers 401 and does not say why", bare.clone())];
    for (name, challenge) in CHALLENGES {
        let refusal = bare.clone().with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        let description = format!("the API answers 401 to every token, with the challenge {challenge}");
        all.push(Scenario::api(format!("401-{name}"), description, refusal));
    }
    let forbidden = Answer::new(StatusCode::FORBIDDEN)
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
    all.push(Scenario::api("403-invalid-token", "the API answers 403, and means the token", forbidden));
    all
}

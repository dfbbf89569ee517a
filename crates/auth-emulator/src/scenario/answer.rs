//! An answer that looks like success.

use super::Scenario;
use crate::{Fault, Flaw};

pub(super) fn all() -> Vec<Scenario> {
    vec![
        Scenario::token("login-page", "the token endpoint answers 200 and a login page", Fault::Garbage),
        Scenario::token("oversized", "the answer has more than 1 MiB", Fault::Oversized((1 << 20) + 1)),
        Scenario::flaw("same-token", "the token endpoint gives the token that it gave before", Flaw::SameToken),
        Scenario::flaw("expires-in-0", "the token has 0 seconds to live", Flaw::expires_in(0)),
        Scenario::flaw("expires-in-negative", "the token ended before it was made", Flaw::expires_in(-1)),
        Scenario::flaw("expires-in-no-number", "the token's lifetime is no number", Flaw::expires_in("soon")),
        Scenario::flaw(
            "token-type-unknown",
            "the token is of a type that nobody knows",
            Flaw::token_type("urn:example:new"),
        ),
        Scenario::flaw("token-type-mac", "the token is of a type that needs a signature", Flaw::token_type("mac")),
        Scenario::flaw("no-access-token", "there is no token in the answer", Flaw::without_access_token()),
        Scenario::flaw("token-empty", "the token is empty", Flaw::With("access_token", "".into())),
        Scenario::flaw("token-null", "the token is null", Flaw::With("access_token", serde_json::Value::Null)),
        Scenario::flaw(
            "token-two-lines",
            "the token has a line break in it",
            Flaw::With("access_token", "a\r\nx-evil: 1".into()),
        ),
        Scenario::flaw("error-with-success", "there are a token and an error in one answer", Flaw::ErrorWithSuccess),
    ]
}

//! Flaws in JSON.

use serde::Deserialize;
use serde_json::Value;

use super::faults::OneOrMore;
use crate::Flaw;

/// What token answers consist of. Others could not be missing or wrong.
const MEMBERS: [&str; 9] = [
    "access_token",
    "token_type",
    "expires_in",
    "expiration",
    "refresh_token",
    "scope",
    "issued_token_type",
    "accessToken",
    "tokenType",
];

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum One {
    With(With),
    Without(String),
    SameToken,
    ErrorWithSuccess,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct With {
    name: String,
    value: Value,
}

impl OneOrMore<One> {
    pub(super) fn flaw(self) -> Result<Flaw, String> {
        match self {
            Self::One(one) => one.flaw(),
            Self::More(all) => Ok(Flaw::All(all.into_iter().map(One::flaw).collect::<Result<_, _>>()?)),
        }
    }
}

impl One {
    fn flaw(self) -> Result<Flaw, String> {
        Ok(match self {
            Self::With(With { name, value }) => Flaw::With(member(&name)?, value),
            Self::Without(name) => Flaw::Without(member(&name)?),
            Self::SameToken => Flaw::SameToken,
            Self::ErrorWithSuccess => Flaw::ErrorWithSuccess,
        })
    }
}

fn member(name: &str) -> Result<&'static str, String> {
    let known = MEMBERS.into_iter().find(|member| *member == name);
    known.ok_or_else(|| format!("a token answer has no such member; there are: {}", MEMBERS.join(", ")))
}

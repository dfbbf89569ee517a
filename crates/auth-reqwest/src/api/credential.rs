//! The credential in words, for errors: which setting to change.

use auth_core::Access;

/// `the token in the variable ACME_TOKEN`, if it is known where the credential came from. Other secret settings may be there
/// too, which are not the credential: a context, a client's secret, a token beside the API key.
pub(super) fn named(access: &Access) -> String {
    match (access.credential_name(), access.credential()) {
        (Some(name), Some(place)) => format!("the {name} in {place}"),
        _ => format!("the credential of {}", access.id()),
    }
}

#[cfg(test)]
mod tests {
    use auth_core::settings::{Found, Provenance};
    use auth_core::sources::StaticToken;
    use auth_core::{Endpoint, Error};

    use super::*;

    #[test]
    fn the_setting_and_its_place_are_named_if_they_are_known() -> Result<(), Error> {
        let endpoint = Endpoint::parse("https://api.acme.example")?;
        let access = Access::new("acme", StaticToken::new("value")?, endpoint);
        assert_eq!(named(&access), "the credential of acme");
        let token = Found::new("token", "value", Provenance::Variable("ACME_TOKEN".to_owned()));
        assert_eq!(named(&access.with_credential(&token)), "the token in the variable ACME_TOKEN");
        Ok(())
    }
}

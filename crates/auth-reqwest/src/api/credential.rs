//! The credential in words, for errors: which setting to change.

use auth_core::Access;
use auth_core::settings::Explained;

/// Longer than this, only the first setting is named: an error is one line.
const MAX_NAMED_BYTES: usize = 120;

/// `the token in the variable ACME_TOKEN`, if it is known where the credential came from.
pub(super) fn named(access: &Access) -> String {
    let mut secrets = access.explain().settings().iter().filter(|setting| setting.is_secret());
    if let Some(place) = access.credential() {
        let setting = secrets.find(|setting| setting.provenance() == Some(place));
        return format!("the {} in {place}", setting.map_or("credential", Explained::name));
    }
    let mut named = secrets.filter_map(|setting| Some(format!("the {} in {}", setting.name(), setting.provenance()?)));
    match (named.next(), named.next()) {
        (Some(one), Some(other)) if one.len() + other.len() <= MAX_NAMED_BYTES => format!("{one}, or {other},"),
        (Some(one), _) => one,
        (None, _) => format!("the credential of {}", access.id()),
    }
}

#[cfg(test)]
mod tests {
    use auth_core::settings::{Lookup, Provenance, Settings};
    use auth_core::sources::StaticToken;
    use auth_core::{Endpoint, Env, Error};

    use super::*;

    fn access(variables: &[&'static str]) -> Result<Access, Error> {
        let mut settings = Settings::new(Env::of(variables.iter().map(|name| (*name, "value"))));
        for name in variables {
            settings.find(&Lookup::new("token").secret().variables(&[name]))?;
        }
        settings.find(&Lookup::new("project").variables(&["ACME_PROJECT"]))?;
        let endpoint = Endpoint::parse("https://api.acme.example")?;
        Ok(Access::new("acme", StaticToken::new("value")?, endpoint).with_explanation(settings.into_explanation()))
    }

    #[test]
    fn the_setting_is_named_if_it_is_known() -> Result<(), Error> {
        assert_eq!(named(&access(&["ACME_TOKEN"])?), "the token in the variable ACME_TOKEN");
        assert_eq!(named(&access(&[])?), "the credential of acme");
        let place = || Provenance::Argument("token".into());
        let found = access(&["ACME_TOKEN"])?.with_credential(place());
        assert_eq!(named(&found), "the credential in the argument `token`", "not the setting that was not used");
        Ok(())
    }
}

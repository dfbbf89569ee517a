//! Every setting of every system, and of this crate itself, for references and tools.

use crate::settings::{self, Setting};
use crate::{env, exports, sources};

/// What can be set, each with the system it belongs to: of this crate, whose parts are `profiles`, `chain`, `folders`,
/// `exports` (what programs are given, not what is looked up) and `exec`, and of the systems, as far as the features are on. IBM Cloud's variables have `<SERVICE>` in place of the service's
/// name. What a program's own TOML describes is not here, nor what a setting's place leaves to a vendor's files.
///
/// ```
/// let all = auth_core::systems::reference();
/// assert!(all.iter().any(|(system, setting)| *system == "profiles" && setting.variables() == ["AUTHCTL_PROFILE"]));
/// ```
pub fn reference() -> Vec<(&'static str, Setting)> {
    let mut all: Vec<(&'static str, Setting)> = Vec::new();
    let mut add = |system, settings: &[Setting]| all.extend(settings.iter().map(|one| (system, *one)));
    add("profiles", &[settings::SELECTED]);
    #[cfg(feature = "profiles")]
    add("profiles", &[settings::CONFIG]);
    add("chain", &[sources::CHOSEN]);
    add("folders", &env::SETTINGS);
    add("exports", &exports::SETTINGS);
    #[cfg(feature = "exec")]
    add("exec", &sources::EXEC);
    #[cfg(feature = "cape")]
    add("cape", super::cape::SETTINGS);
    #[cfg(feature = "ivcap")]
    add("ivcap", super::ivcap::SETTINGS);
    #[cfg(feature = "podstack")]
    add("podstack", super::podstack::SETTINGS);
    #[cfg(feature = "skyflow")]
    add("skyflow", super::skyflow::SETTINGS);
    #[cfg(feature = "ibm")]
    super::ibm::setting::reference().into_iter().for_each(|(system, settings)| add(system, settings));
    all
}

#[cfg(test)]
#[cfg(all(feature = "systems", feature = "profiles", feature = "exec"))]
mod tests {
    use super::*;

    /// Each system's builder, in its source.
    const BUILDERS: [(&str, &str); 6] = [
        ("cape", include_str!("cape.rs")),
        ("ivcap", include_str!("ivcap.rs")),
        ("podstack", include_str!("podstack.rs")),
        ("skyflow", include_str!("skyflow/recipe.rs")),
        ("ibm", include_str!("ibm/cloud.rs")),
        ("watsonx", include_str!("ibm/watsonx.rs")),
    ];

    /// Settings without an argument: where IBM's external configuration is, which `from_env` looks for itself.
    const PLACES: [&str; 2] = ["credentials_file", "bound_services"];

    fn has_method(code: &str, name: &str) -> bool {
        [format!("pub fn {name}("), format!("pub fn {name}<")].iter().any(|start| code.contains(start.as_str()))
    }

    #[test]
    fn every_argument_that_an_error_names_is_a_method_of_the_builder() {
        let mut seen = 0;
        for (system, setting) in reference() {
            let Some((_, code)) = BUILDERS.iter().find(|(builder, _)| *builder == system) else { continue };
            if setting.about().starts_with("ignored: ") || PLACES.contains(&setting.name()) {
                continue;
            }
            let name = setting.name();
            assert!(has_method(code, name), "an error about {system} says to give the argument `{name}`");
            seen += 1;
        }
        assert!(seen >= 45, "only {seen} settings were looked at");
        assert!(!has_method(BUILDERS[4].1, "iam_profile_id"), "what is no method would be noticed");
    }
}

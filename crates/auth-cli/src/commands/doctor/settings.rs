//! Where settings stand that should not, or that do nothing.

use std::path::{Path, PathBuf};

use auth_core::settings::{Explained, Provenance};
use auth_core::{Access, Env, systems};

use super::check::Check;
use super::{config, credential};
use crate::context::Context;
use crate::selection;

/// Settings from files of the working directory, which whoever made that folder wrote.
pub(super) fn nearby(context: &Context, access: Option<&Access>) -> Check {
    const ID: &str = "nearby";
    let Some(access) = access else { return Check::after(ID, credential::ID) };
    let is_nearby = |setting: &&Explained| setting.provenance().is_some_and(Provenance::is_nearby);
    let found: Vec<String> = access.explain().settings().iter().filter(is_nearby).map(ToString::to_string).collect();
    if found.is_empty() {
        let summary = match named_nearby(context, access) {
            Some(path) => format!("the config is there, and you named it: {}", path.display()),
            None => "no setting comes from a file in the working directory".to_owned(),
        };
        return Check::ok(ID, summary);
    }
    let summary = "settings come from a file in the working directory, which whoever made that wrote";
    Check::warn(ID, summary, "move them into your own config, unless you wrote that file").with_details(found)
}

/// The config that settings come from, if it is in the working directory and was named: that makes it the user's own.
fn named_nearby(context: &Context, access: &Access) -> Option<PathBuf> {
    let path = std::path::absolute(config::named(context)?).ok()?;
    let is_it = |file: &Path| std::path::absolute(file).is_ok_and(|file| file == path);
    let mut places = access.explain().settings().iter().filter_map(Explained::provenance);
    let is_used = places.any(|place| place.file().is_some_and(is_it));
    (is_used && path.starts_with(std::env::current_dir().ok()?)).then_some(path)
}

/// Variables and keys that are set, and do nothing.
pub(super) fn shadowed(context: &Context, access: Option<&Access>) -> Check {
    const ID: &str = "shadowed";
    let Some(access) = access else { return Check::after(ID, credential::ID) };
    let mut found = variables(access, &context.env);
    found.extend(keys(access, context));
    found.extend(access.explain().notes().iter().filter(|note| note.contains(" not used ")).cloned());
    found.dedup();
    match &found[..] {
        [] => Check::ok(ID, "no setting hides another"),
        [first, rest @ ..] => Check::warn(ID, first.clone(), "unset what is not meant").with_details(rest.to_vec()),
    }
}

/// Variables of the system that another place wins over.
fn variables(access: &Access, env: &Env) -> Vec<String> {
    let settings = access.explain().settings();
    let used: Vec<&str> = settings.iter().filter_map(|setting| setting.provenance()).map(Provenance::name).collect();
    let of_system = systems::reference().into_iter().filter(|(system, _)| *system == access.id());
    let mut found = Vec::new();
    for (_, setting) in of_system {
        let Some(winner) = settings.iter().find(|explained| explained.name() == setting.name()) else { continue };
        let Some(place) = winner.provenance() else { continue };
        for variable in setting.variables().iter().filter(|variable| !used.contains(variable)) {
            if env.get(variable).ok().flatten().is_some() {
                found.push(format!("{variable} is set and not used: the {} is from {place}", setting.name()));
            }
        }
    }
    found
}

/// Keys of the profile that a variable wins over.
fn keys(access: &Access, context: &Context) -> Vec<String> {
    let profile = selection::profiles(context)
        .and_then(|profiles| profiles.select(context.global.profile.as_deref(), &context.env))
        .ok()
        // A system that was chosen by its name knows nothing of profiles.
        .filter(|_| context.global.system.is_none());
    let Some(profile) = profile else { return Vec::new() };
    let settings = access.explain().settings();
    let of_system = systems::reference().into_iter().filter(|(system, _)| *system == access.id());
    let known = of_system.flat_map(|(_, setting)| setting.keys().iter().map(move |key| (setting.name(), *key)));
    let hidden = known.filter_map(|(name, key)| {
        let place = profile.place(key)?;
        let winner = settings.iter().find(|explained| explained.name() == name)?.provenance()?;
        matches!(winner, Provenance::Variable(_)).then(|| format!("{place} is not used: {winner} wins"))
    });
    hidden.collect()
}

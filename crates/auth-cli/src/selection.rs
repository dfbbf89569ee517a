//! Whose credential it is.

use auth_core::settings::{Profile, Profiles};
use auth_core::{Access, Error, ErrorKind, systems};

use crate::context::Context;
use crate::failure::{Exit, Failure};

/// The variable that chooses one of several by its name, as it does in a chain.
pub(crate) const CHOSEN: &str = "AUTHCTL_SOURCE";

/// One place where a credential may be configured.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// `profile`, or a system's name.
    pub(crate) name: String,
    /// What is there; [`Unavailable`](ErrorKind::Unavailable) if nothing is.
    pub(crate) access: Result<Access, Error>,
}

/// All places that count, in their order. The first that is configured is used: one that is broken is not passed over,
/// because a typing error must not change who somebody is.
pub(crate) fn candidates(context: &Context) -> Result<Vec<Candidate>, Failure> {
    let global = &context.global;
    if let Some(system) = &global.system {
        return Ok(vec![named(system, context)?]);
    }
    if global.profile.is_some() || context.env.chosen("AUTHCTL_PROFILE")?.is_some() {
        return Ok(vec![of_profile(context)]);
    }
    let mut all = vec![of_profile(context)];
    all.extend(systems::NAMES.iter().map(|name| of_system(name, context)));
    let Some(chosen) = context.env.chosen(CHOSEN)? else { return Ok(all) };
    match all.iter().position(|candidate| candidate.name == chosen) {
        Some(at) => Ok(vec![all.swap_remove(at)]),
        None => {
            let known: Vec<_> = all.iter().map(|candidate| candidate.name.as_str()).collect();
            let message = format!("{CHOSEN} names none of: {}", known.join(", "));
            Err(Failure::new(Exit::NoCredentials, message))
        }
    }
}

/// The one that is used.
pub(crate) fn select(context: &Context) -> Result<Access, Failure> {
    let candidates = candidates(context)?;
    let is_only = candidates.len() == 1;
    for candidate in candidates {
        match candidate.access {
            Err(error) if error.kind() == ErrorKind::Unavailable && !is_only => {}
            access => return Ok(access?),
        }
    }
    Err(Failure::new(
        Exit::NoCredentials,
        "no credentials are configured: `authctl sources` lists where they may stand",
    ))
}

pub(crate) fn of_system(name: &str, context: &Context) -> Candidate {
    Candidate { name: name.to_owned(), access: systems::from_env(name, &context.env) }
}

/// A vendor's system, or one that the config describes.
fn named(name: &str, context: &Context) -> Result<Candidate, Failure> {
    if systems::NAMES.contains(&name) {
        return Ok(of_system(name, context));
    }
    let described = match profiles(context) {
        Ok(profiles) => Some(profiles).filter(|profiles| profiles.system(name).is_some()),
        Err(error) if error.kind() == ErrorKind::Unavailable && context.global.config.is_none() => None,
        Err(error) => return Err(error.into()),
    };
    match described {
        Some(profiles) => {
            Ok(Candidate { name: name.to_owned(), access: profiles.access_of_system(name, &context.env) })
        }
        None => Err(Failure::usage(format!(
            "--system names a system that is neither known ({}) nor described in the config",
            systems::NAMES.join(", ")
        ))),
    }
}

fn of_profile(context: &Context) -> Candidate {
    let (named, env) = (context.global.profile.as_deref(), &context.env);
    let access = match profiles(context) {
        Ok(profiles) => {
            let selected = match named {
                // Its own words, which are not about an argument of that name.
                Some(name) => profiles.profile(name),
                None => profiles.select(None, env),
            };
            // A profile that is there is meant: what it lacks is no reason to be somebody else.
            selected.and_then(|_| profiles.access(named, env).map_err(meant))
        }
        // So is a file that is named.
        Err(error) if context.global.config.is_some() => Err(meant(error)),
        Err(error) => Err(error),
    };
    Candidate { name: "profile".to_owned(), access }
}

/// What is there and lacks something is not as good as nothing.
fn meant(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Unavailable => Error::misconfigured(error.to_string()),
        _ => error,
    }
}

/// The profiles of the config.
pub(crate) fn profiles(context: &Context) -> Result<Profiles, Error> {
    match &context.global.config {
        // Whoever names it by hand means it.
        Some(path) => Profiles::read(path, &context.env).map(Profiles::trusted),
        None => Profiles::load(&context.env),
    }
}

/// The profile that is selected, for a command that is about one system. None if the profile was not named and is not of this
/// system: then the system's own places count.
pub(crate) fn profile_of(system: &str, context: &Context) -> Result<Option<Profile>, Failure> {
    let (global, env) = (&context.global, &context.env);
    if let Some(named) = &global.system {
        let other = || Failure::usage(format!("--system {named} is another system than {system}, which this is about"));
        return if named == system { Ok(None) } else { Err(other()) };
    }
    let is_named = global.profile.is_some() || env.chosen("AUTHCTL_PROFILE")?.is_some();
    let selected = profiles(context).and_then(|profiles| {
        let profile = profiles.select(global.profile.as_deref(), env)?;
        let named = profile.find("system", "system", env)?;
        Ok((named.is_some_and(|named| named.value() == system && profiles.system(system).is_none()), profile))
    });
    match selected {
        Ok((true, profile)) => Ok(Some(profile)),
        Ok((false, profile)) if is_named => Err(Failure::usage(format!(
            "{profile} is of another system than {system}, which this is about: name another"
        ))),
        Ok((false, _)) => Ok(None),
        Err(error) if error.kind() == ErrorKind::Unavailable && !is_named => Ok(None),
        Err(error) => Err(error.into()),
    }
}

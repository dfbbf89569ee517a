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
    /// `profile NAME`, or a system's name.
    pub(crate) name: String,
    /// What is there; [`Unavailable`](ErrorKind::Unavailable) if nothing is.
    pub(crate) access: Result<Access, Error>,
}

/// All places that count, in their order. The first that is configured is used: one that is broken is not passed over,
/// because a typing error must not change who somebody is.
pub(crate) fn candidates(context: &Context) -> Result<Vec<Candidate>, Failure> {
    let global = &context.global;
    if let Some(system) = &global.system {
        return Ok(vec![of_system(system, context)]);
    }
    if global.profile.is_some() || context.env.get("AUTHCTL_PROFILE")?.is_some() {
        return Ok(vec![of_profile(context)]);
    }
    let mut all = vec![of_profile(context)];
    all.extend(systems::NAMES.iter().map(|name| of_system(name, context)));
    match context.env.get(CHOSEN)? {
        None => Ok(all),
        Some(chosen) => {
            let known: Vec<_> = all.iter().map(|candidate| candidate.name.clone()).collect();
            all.retain(|candidate| candidate.name == chosen);
            if all.is_empty() {
                let message = format!("{CHOSEN} names none of: {}", known.join(", "));
                return Err(Failure::new(Exit::NoCredentials, message));
            }
            Ok(all)
        }
    }
}

/// The one that is used.
pub(crate) fn select(context: &Context) -> Result<Access, Failure> {
    let mut last = None;
    let candidates = candidates(context)?;
    let only = candidates.len() == 1;
    for candidate in candidates {
        match candidate.access {
            Ok(access) => return Ok(access),
            Err(error) if error.kind() == ErrorKind::Unavailable && !only => last = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    let _ = last;
    Err(Failure::new(
        Exit::NoCredentials,
        "no credentials are configured: `authctl sources` lists where they may stand",
    ))
}

pub(crate) fn of_system(name: &str, context: &Context) -> Candidate {
    Candidate { name: name.to_owned(), access: systems::from_env(name, &context.env) }
}

fn of_profile(context: &Context) -> Candidate {
    let (name, env) = (context.global.profile.as_deref(), &context.env);
    let access = profiles(context).and_then(|profiles| {
        let is_there = profiles.select(name, env).is_ok();
        profiles.access(name, env).map_err(|error| match error.kind() {
            // Who wrote it meant it: with a setting missing it is wrong, not absent.
            ErrorKind::Unavailable if is_there => Error::misconfigured(error.to_string()),
            _ => error,
        })
    });
    Candidate { name: "profile".to_owned(), access }
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
    let is_named = global.profile.is_some() || env.get("AUTHCTL_PROFILE")?.is_some();
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

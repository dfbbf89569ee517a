//! From case to verdict, step by step.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::act::Actor;
use super::case::{Case, Needs};
use super::check::Verdict;
use super::door::Door;
use super::helper::HelperProgram;
use super::world::World;
use crate::rig::{Adapter, Client, Reqwest, Setup, Tower};

/// The adapters: each by its name, how a client of it is made, and whether requests with a path only can be made for it.
pub(crate) const ADAPTERS: [(&str, Make, bool); 2] =
    [("tower", Tower::in_process, Tower::PATH_ONLY), ("reqwest", Reqwest::in_process, Reqwest::PATH_ONLY)];

pub(crate) type Make = fn(Setup) -> Client;

/// Runs a case over every adapter and through every door; says where it fails, what was expected and what was got.
pub(crate) fn run(case: &Case) -> Verdict {
    for (name, adapter, path_only) in ADAPTERS {
        if case.needs == Some(Needs::PathOnlyRequests) && !path_only {
            continue;
        }
        for door in [Door::Token, Door::Attach] {
            let outcome = catch_unwind(AssertUnwindSafe(|| steps(case, door, name, adapter)));
            let verdict = outcome.unwrap_or_else(|panic| Err(format!("panicked: {}", text_of(panic.as_ref()))));
            verdict.map_err(|text| format!("{} over {name} through {door:?}, {text}", case.id))?;
        }
    }
    Ok(())
}

fn steps(case: &Case, door: Door, name: &str, adapter: Make) -> Verdict {
    let world = World::new(case, &format!("{name}-{door:?}"), adapter);
    let _on_tokio = world.helper.as_ref().map(HelperProgram::enter);
    let mut actor = Actor::new(&world, door);
    for (index, (step, text)) in case.steps.iter().zip(&case.texts).enumerate() {
        let verdict = actor.act(step).and_then(|()| world.complaints.take().map_or(Ok(()), Err));
        verdict.map_err(|got| format!("step {} at t={}: {text}\n    {got}", index + 1, world.clock.now()))?;
    }
    Ok(())
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without a message").to_owned()
}

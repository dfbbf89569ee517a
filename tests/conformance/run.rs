//! From case to verdict, step by step.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::act::Actor;
use super::case::Case;
use super::check::Verdict;
use super::world::World;

/// By which door callers come in: a case holds for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// `token(..)`, for uses other than headers.
    Token,
    /// `attach(..)`, as adapters do; the one with the fast path.
    Attach,
}

/// Runs a case through every door; says where it fails, what was expected and what was got.
pub(crate) fn run(case: &Case) -> Verdict {
    for door in [Door::Token, Door::Attach] {
        let outcome = catch_unwind(AssertUnwindSafe(|| steps(case, door)));
        let verdict = outcome.unwrap_or_else(|panic| Err(format!("panicked: {}", text_of(panic.as_ref()))));
        verdict.map_err(|text| format!("{} by {door:?}, {text}", case.id))?;
    }
    Ok(())
}

fn steps(case: &Case, door: Door) -> Verdict {
    let world = World::new(case, &format!("{door:?}"));
    let mut actor = Actor::new(&world, door);
    for (index, step) in case.steps.iter().enumerate() {
        let verdict = actor.act(step).and_then(|()| world.complaints.take().map_or(Ok(()), Err));
        let now = world.clock.now();
        verdict.map_err(|text| format!("step {} at t={now} ({step:?}): {text}", index + 1))?;
    }
    Ok(())
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without a message").to_owned()
}

//! From case to verdict, step by step.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::act::Actor;
use super::adapter;
use super::case::Case;
use super::check::Verdict;
use super::door::Door;
use super::world::World;

/// Runs a case over every adapter and through every door; says where it fails, what was expected and what was got.
pub(crate) fn run(case: &Case) -> Verdict {
    for (name, adapter) in adapter::ALL {
        for door in [Door::Token, Door::Attach] {
            let outcome = catch_unwind(AssertUnwindSafe(|| steps(case, door, name, adapter)));
            let verdict = outcome.unwrap_or_else(|panic| Err(format!("panicked: {}", text_of(panic.as_ref()))));
            verdict.map_err(|text| format!("{} over {name} through {door:?}, {text}", case.id))?;
        }
    }
    Ok(())
}

fn steps(case: &Case, door: Door, name: &str, adapter: adapter::Make) -> Verdict {
    let world = World::new(case, &format!("{name}-{door:?}"), adapter);
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

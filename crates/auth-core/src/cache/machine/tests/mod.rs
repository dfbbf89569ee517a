//! The machine beside a second writing of the rules, through random events; and what must hold whatever the rules are.

mod events;
mod reference;

use std::cell::Cell;

use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use events::{Pair, event};

/// How many sequences of events, if this does not say; then they are the same every time, so that no commit is red for what another
/// has left. `just proptest` says how many, and they are new each time.
const VARIABLE: &str = "CASES";
const SHORT: u32 = 500;
const EVENTS: usize = 60;

#[test]
#[expect(clippy::print_stdout, reason = "the count is what is asked for")]
fn the_machine_does_what_the_rules_say_whatever_happens() {
    let cases = std::env::var(VARIABLE).ok().map(|number| number.parse().expect("CASES is a number"));
    let config = Config { cases: cases.unwrap_or(SHORT), failure_persistence: None, ..Config::default() };
    let mut runner = match cases {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let (begun, transitions) = (Cell::new(0_u64), Cell::new(0_u64));
    let outcome = runner.run(&(vec(event(), 1..=EVENTS), proptest::bool::ANY), |(events, has_boot)| {
        begun.set(begun.get() + 1);
        let mut pair = Pair::new(has_boot);
        for event in events {
            transitions.set(transitions.get() + 1);
            pair.step(event)?;
        }
        Ok(())
    });
    println!("proptest: {} cases with {} transitions of the machine", begun.get(), transitions.get());
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

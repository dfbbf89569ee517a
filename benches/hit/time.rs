//! Nanoseconds, taking turns.

use std::time::{Duration, Instant};

use super::contender::Contender;
use super::material::{Clock, Material};
use crate::Error;
use crate::extent::Extent;
use crate::rounds::turns;

/// Requests that are built before the clock is read: enough that reading it adds no more than two nanoseconds to each.
const BATCH: usize = 16;
/// Batches in one turn: some hundred microseconds, less than a scheduler's slice.
const BATCHES: usize = 64;

/// For each contender, in the order of `Contender::ALL`: nanoseconds for one hit, one value a round.
pub(super) fn measure(extent: Extent) -> Result<Vec<Vec<f64>>, Error> {
    let material = Material::new(Clock::System)?;
    let mut senders = Vec::new();
    for contender in Contender::ALL {
        senders.push(material.sender(contender)?);
    }
    let mut nanos = vec![Vec::new(); senders.len()];
    for round in 0..extent.choose(400, 60) {
        for place in turns(round, senders.len()) {
            let sender = &mut senders[place];
            let mut time = Duration::ZERO;
            for _ in 0..BATCHES {
                sender.build(BATCH);
                let start = Instant::now();
                sender.send();
                time += start.elapsed();
            }
            nanos[place].push(time.as_secs_f64() * 1e9 / (BATCH * BATCHES) as f64);
        }
    }
    Ok(nanos)
}

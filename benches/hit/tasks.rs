//! How many hits a second many tasks make on two threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::contender::Contender;
use super::material::{Clock, Material};
use crate::Error;
use crate::extent::Extent;
use crate::rounds::{median, turns};

/// How many tasks at once.
pub(crate) const TASKS: [usize; 4] = [1, 2, 8, 64];
const WORKERS: usize = 2;
/// Requests that are built at once.
const BATCH: usize = 16;
/// Batches between two looks at the other tasks: some hundred microseconds, as long as a task may take.
const BATCHES: usize = 64;

/// For each contender, in the order of `Contender::ALL`: millions of hits a second for each of [`TASKS`]. Each task keeps a
/// service of its own, over one shared token; building the requests counts.
pub(super) fn measure(extent: Extent) -> Result<Vec<[f64; TASKS.len()]>, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).build()?;
    let material = Material::new(Clock::System)?;
    let mut millions = vec![[0.0; TASKS.len()]; Contender::ALL.len()];
    for (column, tasks) in TASKS.into_iter().enumerate() {
        let mut found = vec![Vec::new(); Contender::ALL.len()];
        for round in 0..extent.choose(9, 2) {
            for place in turns(round, Contender::ALL.len()) {
                let turn = Duration::from_millis(extent.choose(50, 10));
                found[place].push(runtime.block_on(one_turn(&material, Contender::ALL[place], tasks, turn))?);
            }
        }
        for (place, found) in found.into_iter().enumerate() {
            millions[place][column] = median(found);
        }
    }
    Ok(millions)
}

async fn one_turn(material: &Material, contender: Contender, tasks: usize, turn: Duration) -> Result<f64, Error> {
    let done = Arc::new(AtomicBool::new(false));
    let mut running = Vec::new();
    let start = Instant::now();
    for _ in 0..tasks {
        let (mut sender, done) = (material.sender(contender)?, Arc::clone(&done));
        running.push(tokio::spawn(async move {
            let mut hits = 0;
            while !done.load(Ordering::Relaxed) {
                for _ in 0..BATCHES {
                    sender.build(BATCH);
                    sender.send();
                }
                hits += BATCH * BATCHES;
                tokio::task::yield_now().await;
            }
            hits
        }));
    }
    // This thread is none of the workers.
    std::thread::sleep(turn);
    done.store(true, Ordering::Relaxed);
    let mut hits = 0;
    for task in running {
        hits += task.await?;
    }
    Ok(hits as f64 / start.elapsed().as_secs_f64() / 1e6)
}

//! A token that is at hand, put on a request: nanoseconds, and how many a second when many tasks do it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use auth_benches::ORIGIN;
use auth_benches::rounds::{median, median_ratio, turns};
use tokio::runtime::Runtime;
use tokio::task::unconstrained;

use super::allocations::Allocations;
use super::lane::{Lane, warm};
use crate::Error;
use crate::args::Extent;
use crate::client::{Client, Sender};
use crate::contender::{Contender, Shape};
use crate::stand::Stands;

/// How many tasks at once, on two threads.
pub(crate) const TASKS: [usize; 4] = [1, 2, 8, 64];
/// Requests that are built before the clock is read: enough that reading it adds no more than two nanoseconds to each.
const BATCH: usize = 16;
/// Batches in one turn: some hundred microseconds, less than a scheduler's slice.
const BATCHES: usize = 32;

/// One lane's figures.
pub(crate) struct Row {
    pub(crate) lane: Lane,
    pub(crate) nanos: f64,
    /// To its floor's nanoseconds.
    pub(crate) ratio: f64,
    /// One value a round.
    pub(crate) rounds: Vec<f64>,
    pub(crate) allocations: u64,
    /// Hits a second, in millions, for each of `TASKS`; behind reqwest-middleware not measured.
    pub(crate) millions: Option<[f64; TASKS.len()]>,
    /// One value a round for each of them.
    pub(crate) millions_rounds: [Vec<f64>; TASKS.len()],
}

/// Starts everybody on tokens that last.
pub(crate) async fn start(contenders: &[Contender], stands: &Stands, origin: &str) -> Result<Vec<Client>, Error> {
    let mut clients = Vec::new();
    for contender in contenders {
        let client = (contender.start)(stands.lasting(contender, origin)).await;
        clients.push(client.map_err(|error| format!("{}: {error}", contender.label))?);
    }
    Ok(clients)
}

pub(crate) fn measure(
    contenders: &[Contender],
    stands: &Stands,
    runtime: &Runtime,
    extent: Extent,
) -> Result<Vec<Row>, Error> {
    let allocations = Allocations::count()?;
    let clients = runtime.block_on(start(contenders, stands, ORIGIN))?;
    let lanes = Lane::all(contenders, &clients);
    let mut senders = Vec::new();
    for lane in &lanes {
        let mut sender = lane.sender(contenders, &clients)?;
        runtime.block_on(warm(contenders[lane.place].label, &mut *sender))?;
        senders.push(sender);
    }
    let nanos = runtime.block_on(unconstrained(time(&mut senders, extent)))?;
    let mut rows = Vec::new();
    for (at, lane) in lanes.iter().enumerate() {
        rows.push(Row {
            lane: *lane,
            nanos: median(nanos[at].iter().copied()),
            ratio: median_ratio(&nanos[at], &nanos[lane.floor(contenders, &lanes)?]),
            rounds: nanos[at].clone(),
            allocations: allocations.of(lane.shape, contenders[lane.place].label)?,
            millions: None,
            millions_rounds: Default::default(),
        });
    }
    many(contenders, &clients, runtime, extent, &mut rows)?;
    Ok(rows)
}

/// Nanoseconds for one hit, of each sender one value a round.
async fn time(senders: &mut [Box<dyn Sender>], extent: Extent) -> Result<Vec<Vec<f64>>, Error> {
    let mut nanos = vec![Vec::new(); senders.len()];
    for round in 0..extent.choose(400, 40) {
        for at in turns(round, senders.len()) {
            let mut time = Duration::ZERO;
            for _ in 0..BATCHES {
                senders[at].build(BATCH);
                let start = Instant::now();
                senders[at].send().await?;
                time += start.elapsed();
            }
            nanos[at].push(time.as_secs_f64() * 1e9 / (BATCH * BATCHES) as f64);
        }
    }
    Ok(nanos)
}

/// Millions a second for each of [`TASKS`]. Each task has a sender of its own, over one shared token; building the requests
/// counts.
fn many(
    contenders: &[Contender],
    clients: &[Client],
    runtime: &Runtime,
    extent: Extent,
    rows: &mut [Row],
) -> Result<(), Error> {
    let measured: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].lane.shape != Shape::Middleware).collect();
    for (column, tasks) in TASKS.into_iter().enumerate() {
        for round in 0..extent.choose(7, 2) {
            for turn in turns(round, measured.len()) {
                let row = &mut rows[measured[turn]];
                let senders = || row.lane.sender(contenders, clients);
                let time = Duration::from_millis(extent.choose(40, 10));
                let found = runtime.block_on(one_turn(senders, tasks, time))?;
                row.millions_rounds[column].push(found);
            }
        }
    }
    for at in measured {
        let of = |column: usize| median(rows[at].millions_rounds[column].iter().copied());
        rows[at].millions = Some(std::array::from_fn(of));
    }
    Ok(())
}

async fn one_turn(
    senders: impl Fn() -> Result<Box<dyn Sender>, Error>,
    tasks: usize,
    turn: Duration,
) -> Result<f64, Error> {
    /// Batches between two looks at the other tasks: some hundred microseconds, as long as a task may take.
    const BETWEEN: usize = 32;

    let done = Arc::new(AtomicBool::new(false));
    let mut running = Vec::new();
    let start = Instant::now();
    for _ in 0..tasks {
        let (mut sender, done) = (senders()?, Arc::clone(&done));
        running.push(tokio::spawn(unconstrained(async move {
            let mut hits = 0;
            while !done.load(Ordering::Relaxed) {
                for _ in 0..BETWEEN {
                    sender.build(BATCH);
                    sender.send().await?;
                }
                hits += BATCH * BETWEEN;
                tokio::task::yield_now().await;
            }
            Ok::<_, Error>(hits)
        })));
    }
    // This thread is none of the workers.
    std::thread::sleep(turn);
    done.store(true, Ordering::Relaxed);
    let mut hits = 0;
    for task in running {
        hits += task.await??;
    }
    Ok(hits as f64 / start.elapsed().as_secs_f64() / 1e6)
}

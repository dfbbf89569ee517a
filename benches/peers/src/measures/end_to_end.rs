//! End to end: real clients, real sockets, on loopback; each behind the same client and middleware as its floor.

use std::time::{Duration, Instant};

use auth_benches::rounds::{median, percentile, turns};
use auth_benches::{Server, Stop, cpu_used};
use tokio::runtime::Runtime;

use super::hit::start;
use super::lane::Lane;
use crate::Error;
use crate::args::Extent;
use crate::client::{Client, Loop};
use crate::contender::{Contender, Shape};
use crate::stand::Stands;

/// Tasks that send one request after the other.
const TASKS: usize = 16;

/// What one client showed in a turn.
#[derive(Clone, Copy)]
struct Turn {
    /// Requests a second.
    rate: f64,
    /// CPU time of this process for one request, in microseconds.
    cpu: f64,
}

pub(crate) struct Row {
    pub(crate) lane: Lane,
    pub(crate) rate: f64,
    pub(crate) rate_ratio: f64,
    pub(crate) cpu: f64,
    pub(crate) cpu_ratio: f64,
    /// How sure the ratio of requests is: the standard error of its median.
    pub(crate) spread: f64,
}

pub(crate) fn measure(
    contenders: &[Contender],
    stands: &Stands,
    runtime: &Runtime,
    extent: Extent,
) -> Result<Vec<Row>, Error> {
    let server = Server::start()?;
    let clients = runtime.block_on(start(contenders, stands, &server.origin()))?;
    // A layer goes under hyper's client, all others behind reqwest-middleware.
    let lanes: Vec<Lane> = Lane::all(contenders, &clients)
        .into_iter()
        .filter(|lane| matches!(lane.shape, Shape::Layer | Shape::Middleware))
        .collect();
    // Of each, and of its floor in the turn beside it.
    let mut found: Vec<Vec<(Turn, Turn)>> = lanes.iter().map(|_| Vec::new()).collect();
    let turn = |lane: Lane| {
        let turn = runtime.block_on(one_turn(&clients[lane.place]));
        turn.map_err(|error| format!("{}: {error}", contenders[lane.place].label))
    };
    // The first round opens the connections, and doesn't count.
    for round in 0..=extent.choose(72, 2) {
        for at in turns(round, lanes.len()) {
            let floor = lanes[lanes[at].floor(contenders, &lanes)?];
            // Now the one goes first and now the other: what comes first finds the machine as the last one left it.
            let pair = if round % 2 == 0 {
                (turn(lanes[at])?, turn(floor)?)
            } else {
                let floor = turn(floor)?;
                (turn(lanes[at])?, floor)
            };
            if round > 0 {
                found[at].push(pair);
            }
        }
    }
    let rows = lanes.into_iter().zip(&found).map(|(lane, pairs)| {
        let of = |value: fn(&(Turn, Turn)) -> f64| median(pairs.iter().map(value));
        Row {
            lane,
            rate: of(|(own, _)| own.rate),
            rate_ratio: of(|(own, floor)| own.rate / floor.rate),
            cpu: of(|(own, _)| own.cpu),
            cpu_ratio: of(|(own, floor)| own.cpu / floor.cpu),
            spread: spread(pairs.iter().map(|(own, floor)| own.rate / floor.rate).collect()),
        }
    });
    Ok(rows.collect())
}

/// The standard error of the median: half the distance between the quartiles, over the root of how many there are. For values
/// spread as errors are, 1.86 of these quotients.
fn spread(ratios: Vec<f64>) -> f64 {
    let quartile = |share| percentile(ratios.iter().copied(), share);
    1.86 * (quartile(0.75) - quartile(0.25)) / 2.0 / (ratios.len() as f64).sqrt()
}

async fn one_turn(client: &Client) -> Result<Turn, Error> {
    const TIME: Duration = Duration::from_millis(80);

    let wire = client.wire.as_ref().ok_or("it has no way to the network")?;
    let stop = Stop::default();
    let (start, used) = (Instant::now(), cpu_used());
    let tasks: Vec<_> = (0..TASKS).map(|_| tokio::spawn(wire(stop.clone()) as Loop)).collect();
    tokio::time::sleep(TIME).await;
    stop.stop();
    let mut requests = 0.0;
    for task in tasks {
        requests += f64::from(task.await??);
    }
    let cpu = cpu_used().saturating_sub(used);
    Ok(Turn { rate: requests / start.elapsed().as_secs_f64(), cpu: cpu.as_secs_f64() * 1e6 / requests })
}

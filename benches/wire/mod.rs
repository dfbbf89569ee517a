//! End to end: real clients, real sockets, on loopback.

mod client;
mod cpu;
mod server;

use std::time::{Duration, Instant};

use crate::Error;
use crate::extent::Extent;
use crate::report::{Section, Table};
use crate::rounds::{median, turns};
use client::Client;

pub use client::Stop;
pub use cpu::used as cpu_used;
pub use server::{Server, serve};

/// Tasks that send one request after the other.
const TASKS: usize = 16;

/// What one client showed.
#[derive(Clone, Copy)]
struct Turn {
    /// Requests a second.
    rate: f64,
    /// CPU time of this process for one request, in microseconds.
    cpu: f64,
}

pub(crate) fn measure(extent: Extent) -> Result<Section, Error> {
    let server = Server::start()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let clients = runtime.block_on(async { client::all(&server.origin()) })?;
    // Of each client, and of its floor in the turn beside it.
    let mut found: Vec<Vec<(Turn, Turn)>> = clients.iter().map(|_| Vec::new()).collect();
    let time = Duration::from_millis(100);
    let turn = |place: usize| runtime.block_on(one_turn(&clients[place], time));
    // The first round opens the connections, and doesn't count.
    for round in 0..=extent.choose(60, 3) {
        for place in turns(round, clients.len()) {
            let floor = clients[place].floor();
            // Now the one goes first and now the other: what comes first finds the machine as the last one left it.
            let pair = if round % 2 == 0 {
                (turn(place)?, turn(floor)?)
            } else {
                let floor = turn(floor)?;
                (turn(place)?, floor)
            };
            if round > 0 {
                found[place].push(pair);
            }
        }
    }
    let mut table = Table::new(["client", "requests/s", "ratio", "CPU µs/request", "ratio"]);
    for (client, pairs) in clients.iter().zip(&found) {
        let of = |value: fn(&(Turn, Turn)) -> f64| median(pairs.iter().map(value));
        table.row([
            client.label().to_owned(),
            format!("{:.0}", of(|(own, _)| own.rate)),
            format!("{:.2}", of(|(own, floor)| own.rate / floor.rate)),
            format!("{:.1}", of(|(own, _)| own.cpu)),
            format!("{:.2}", of(|(own, floor)| own.cpu / floor.cpu)),
        ]);
    }
    Ok(Section { title: "End to end over loopback, 16 tasks", table })
}

async fn one_turn(client: &Client, time: Duration) -> Result<Turn, Error> {
    let stop = Stop::default();
    let (start, used) = (Instant::now(), cpu::used());
    let tasks: Vec<_> = (0..TASKS).map(|_| tokio::spawn(client.send_until(stop.clone()))).collect();
    tokio::time::sleep(time).await;
    stop.stop();
    let mut requests = 0.0;
    for task in tasks {
        requests += f64::from(task.await??);
    }
    let cpu = cpu::used().saturating_sub(used);
    Ok(Turn { rate: requests / start.elapsed().as_secs_f64(), cpu: cpu.as_secs_f64() * 1e6 / requests })
}

//! End to end: real clients, real sockets, on loopback.

mod client;
mod cpu;
mod server;

use std::time::{Duration, Instant};

use crate::Error;
use crate::args::Extent;
use crate::report::{Section, Table};
use crate::rounds::{median, median_ratio, turns};
use client::{Client, Stop};
use server::Server;

pub(crate) use server::serve;

/// Tasks that send one request after the other.
const TASKS: usize = 16;

/// What one client showed, one value a round.
#[derive(Default)]
struct Found {
    /// Requests a second.
    rate: Vec<f64>,
    /// CPU time of this process for one request, in microseconds.
    cpu: Vec<f64>,
}

pub(crate) fn measure(extent: Extent) -> Result<Section, Error> {
    let server = Server::start()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let clients = runtime.block_on(async { client::all(&server.origin()) })?;
    let mut found: Vec<Found> = clients.iter().map(|_| Found::default()).collect();
    // The first round opens the connections, and doesn't count.
    for round in 0..=extent.choose(40, 3) {
        for place in turns(round, clients.len()) {
            let turn = Duration::from_millis(extent.choose(300, 150));
            let (rate, cpu) = runtime.block_on(one_turn(&clients[place], turn))?;
            if round > 0 {
                found[place].rate.push(rate);
                found[place].cpu.push(cpu);
            }
        }
    }
    let mut table = Table::new(["client", "requests/s", "ratio", "CPU µs/request", "ratio"]);
    for (client, of) in clients.iter().zip(&found) {
        let floor = &found[client.floor()];
        table.row([
            client.label().to_owned(),
            format!("{:.0}", median(of.rate.iter().copied())),
            format!("{:.2}", median_ratio(&of.rate, &floor.rate)),
            format!("{:.1}", median(of.cpu.iter().copied())),
            format!("{:.2}", median_ratio(&of.cpu, &floor.cpu)),
        ]);
    }
    Ok(Section { title: "End to end over loopback, 16 tasks", table })
}

async fn one_turn(client: &Client, turn: Duration) -> Result<(f64, f64), Error> {
    let stop = Stop::default();
    let (start, used) = (Instant::now(), cpu::used());
    let tasks: Vec<_> = (0..TASKS).map(|_| tokio::spawn(client.send_until(stop.clone()))).collect();
    tokio::time::sleep(turn).await;
    stop.stop();
    let mut requests = 0.0;
    for task in tasks {
        requests += f64::from(task.await??);
    }
    let cpu = cpu::used().saturating_sub(used);
    Ok((requests / start.elapsed().as_secs_f64(), cpu.as_secs_f64() * 1e6 / requests))
}

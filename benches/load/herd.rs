//! Ten thousand callers and no token.

use std::time::{Duration, Instant};

use super::arrivals::send;
use super::issuer::Issuer;
use crate::Error;
use crate::report::{Section, Table};
use crate::rounds::percent;

const CALLERS: usize = 10_000;

pub(super) async fn measure() -> Result<Section, Error> {
    let issuer = Issuer::new(Duration::from_secs(3600));
    let asked = issuer.asked();
    let service = issuer.service()?;
    let start = Instant::now();
    let tasks: Vec<_> = (0..CALLERS).map(|_| tokio::spawn(send(service.clone(), start))).collect();
    let mut samples = Vec::new();
    for task in tasks {
        samples.push(task.await?);
    }
    let time = start.elapsed();
    let mut table = Table::new(["callers", "served", "waited for a token", "fetches", "until the last is served"]);
    table.row([
        CALLERS.to_string(),
        format!("{:.2} %", percent(&samples, |sample| sample.served)),
        format!("{:.2} %", percent(&samples, |sample| sample.waited)),
        asked.calls().to_string(),
        format!("{} ms", time.as_millis()),
    ]);
    Ok(Section { title: "A cold herd; the issuer takes 200 ms", table })
}

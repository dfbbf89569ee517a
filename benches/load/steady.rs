//! A steady stream of requests while tokens are replaced every three seconds.

use std::time::Duration;

use tokio::runtime::Handle;
use tower::Layer;
use tower_http::auth::AddAuthorizationLayer;

use super::arrivals::{Sample, arrivals, send};
use super::issuer::Issuer;
use crate::Error;
use crate::extent::Extent;
use crate::hit::Api;
use crate::report::{Section, Table};
use crate::rounds::{percent, percentile};

/// Requests a second through each of the two services.
const RATE: u32 = 2000;
/// A quarter of it is left when a refresh is due: one every three seconds.
const LIFETIME: Duration = Duration::from_secs(4);
/// More than a busy machine delays a task by, far less than the issuer takes.
const DELAYED: Duration = Duration::from_millis(20);

/// Two services take turns: ours, and one with a header that never changes, which shows what the machine alone does.
pub(super) async fn measure(extent: Extent) -> Result<Section, Error> {
    let issuer = Issuer::new(LIFETIME);
    let asked = issuer.asked();
    let ours = issuer.service()?;
    let floor = AddAuthorizationLayer::bearer("token").layer(Api);
    ours.authenticator().warm_up().await?;

    let handle = Handle::current();
    let time = Duration::from_secs(extent.choose(15, 5));
    let mut samples = arrivals(Duration::from_secs(1) / (2 * RATE), time, move |number, due| {
        if number % 2 == 0 { handle.spawn(send(floor.clone(), due)) } else { handle.spawn(send(ours.clone(), due)) }
    })
    .await?;

    let mut both = [Vec::new(), Vec::new()];
    for (number, sample) in samples.drain(..).enumerate() {
        both[number % 2].push(sample);
    }
    let mut table = Table::new([
        "",
        "requests",
        "p50",
        "p99",
        "p99.9",
        "max",
        "later than 20 ms",
        "waited for a token",
        "served",
        "fetches",
    ]);
    let [floor, ours] = both;
    table.row(row("static header", &floor, 0));
    table.row(row("`AuthLayer`", &ours, asked.calls()));
    Ok(Section { title: "Steady load: 2,000 requests/s, a refresh every 3 s, the issuer takes 200 ms", table })
}

fn row(name: &str, samples: &[Sample], fetches: u64) -> [String; 10] {
    let late = |share| {
        let micros = percentile(samples.iter().map(|sample| sample.late.as_secs_f64() * 1e6), share);
        format!("{:.2} ms", micros / 1000.0)
    };
    [
        name.to_owned(),
        samples.len().to_string(),
        late(0.5),
        late(0.99),
        late(0.999),
        late(1.0),
        format!("{:.2} %", percent(samples, |sample| sample.late > DELAYED)),
        format!("{:.2} %", percent(samples, |sample| sample.waited)),
        format!("{:.2} %", percent(samples, |sample| sample.served)),
        fetches.to_string(),
    ]
}

//! The issuer fails while the first token is still good.

use std::time::Duration;

use tokio::runtime::Handle;

use super::arrivals::{arrivals, send};
use super::issuer::Issuer;
use crate::Error;
use crate::extent::Extent;
use crate::report::{Section, Table};
use crate::rounds::percent;

/// The shortest life that the default policy is made for, and twice that, so that its pauses are short. The issuer's hint
/// makes refreshes due at once, which is after the first pause.
const LIFETIMES: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];
const REFRESH_IN: Duration = Duration::from_millis(100);
const RATE: u32 = 1000;

pub(super) async fn measure(extent: Extent) -> Result<Section, Error> {
    let head = ["a token of", "down for", "requests", "served", "waited for a token", "calls of the source/s"];
    let mut table = Table::new(head);
    for lifetime in LIFETIMES {
        table.row(outage(lifetime, extent).await?);
    }
    Ok(Section { title: "The issuer is down while the first token is valid", table })
}

async fn outage(lifetime: Duration, extent: Extent) -> Result<[String; 6], Error> {
    let issuer = Issuer::failing_after_the_first(lifetime, REFRESH_IN);
    let asked = issuer.asked();
    let service = issuer.service()?;
    service.authenticator().warm_up().await?;

    let handle = Handle::current();
    let time = Duration::from_secs(extent.choose(10, 3));
    let step = Duration::from_secs(1) / RATE;
    let samples = arrivals(step, time, move |_, due| handle.spawn(send(service.clone(), due))).await?;

    let calls = asked.calls() - 1; // the first succeeded
    Ok([
        format!("{} s", lifetime.as_secs()),
        format!("{} s", time.as_secs()),
        samples.len().to_string(),
        format!("{:.2} %", percent(&samples, |sample| sample.served)),
        format!("{:.2} %", percent(&samples, |sample| sample.waited)),
        format!("{:.2}", calls as f64 / time.as_secs_f64()),
    ])
}

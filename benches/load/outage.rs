//! The issuer fails while the first token is still good.

use std::time::Duration;

use tokio::runtime::Handle;

use super::arrivals::{arrivals, percent, send};
use super::issuer::Issuer;
use crate::Error;
use crate::args::Extent;
use crate::report::{Section, Table};

/// The shortest life that the default policy is made for, so that its pauses are the shortest. The issuer's hint makes
/// refreshes due at once.
const LIFETIME: Duration = Duration::from_secs(60);
const REFRESH_IN: Duration = Duration::from_millis(100);
const RATE: u32 = 1000;

pub(super) async fn measure(extent: Extent) -> Result<Section, Error> {
    let issuer = Issuer::failing_after_the_first(LIFETIME, REFRESH_IN);
    let asked = issuer.asked();
    let service = issuer.service()?;
    service.authenticator().warm_up().await?;

    let handle = Handle::current();
    let time = Duration::from_secs(extent.choose(10, 3));
    let step = Duration::from_secs(1) / RATE;
    let samples = arrivals(step, time, move |_, due| handle.spawn(send(service.clone(), due))).await?;

    // The first of each was the one that succeeded.
    let (acquisitions, calls) = (asked.acquisitions() - 1, asked.calls() - 1);
    let rate = |count: u64| format!("{:.2}", count as f64 / time.as_secs_f64());
    let mut table =
        Table::new(["down for", "requests", "served", "waited for a token", "acquisitions/s", "calls of the source/s"]);
    table.row([
        format!("{} s", time.as_secs()),
        samples.len().to_string(),
        format!("{:.2} %", percent(&samples, |sample| sample.served)),
        format!("{:.2} %", percent(&samples, |sample| sample.waited)),
        rate(acquisitions),
        rate(calls),
    ]);
    Ok(Section { title: "The issuer is down while a token of 60 s is valid", table })
}

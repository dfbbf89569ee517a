//! The issuer fails while the first token is still good.

use std::time::Duration;

use auth_benches::ORIGIN;
use auth_benches::rounds::percent;

use crate::Error;
use crate::args::Extent;
use crate::arrivals::arrivals;
use crate::contender::Contender;
use crate::issuer::Plan;
use crate::stand::Stands;

/// Requests a second of each; all are measured in the same seconds.
const RATE: u32 = 200;
/// When the first refresh is due, and from then on none succeeds.
const DUE: Duration = Duration::from_secs(1);

pub(crate) struct Row {
    /// The contender's place.
    pub(crate) place: usize,
    pub(crate) requests: usize,
    /// Per cent.
    pub(crate) served: f64,
    /// Exchanges a second, all of which fail.
    pub(crate) exchanges: f64,
}

pub(crate) async fn measure(contenders: &[Contender], stands: &Stands, extent: Extent) -> Result<Vec<Row>, Error> {
    let (mut clients, mut issuers, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (place, contender) in contenders.iter().enumerate().filter(|(_, contender)| contender.refreshes()) {
        let plan = Plan { due: DUE, ahead: contender.ahead, answer: Duration::ZERO, tokens: 1 };
        let stand = stands.with(plan, ORIGIN);
        issuers.push(stand.issuer.clone());
        clients.push((contender.start)(stand).await?);
        places.push(place);
    }
    // All at once, so that all have the same time left.
    for (client, place) in clients.iter().zip(&places) {
        if !(client.call)().await {
            return Err(format!("{}: the first request was not served", contenders[*place].label).into());
        }
    }
    tokio::time::sleep(DUE).await;
    let time = Duration::from_secs(extent.choose(10, 3));
    let samples = arrivals(clients, RATE, time, Duration::ZERO).await?;
    let rows = places.into_iter().zip(&samples).zip(&issuers).map(|((place, samples), issuer)| Row {
        place,
        requests: samples.len(),
        served: percent(samples, |sample| sample.served),
        // The first succeeded.
        exchanges: issuer.asked().saturating_sub(1) as f64 / time.as_secs_f64(),
    });
    Ok(rows.collect())
}

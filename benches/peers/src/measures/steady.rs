//! A steady stream of requests while tokens are replaced every three seconds.

use std::time::Duration;

use auth_benches::ORIGIN;
use auth_benches::rounds::{percent, percentile};

use crate::Error;
use crate::args::Extent;
use crate::arrivals::{Sample, arrivals};
use crate::contender::{Contender, Side};
use crate::issuer::Plan;
use crate::stand::Stands;

/// Requests a second of each.
const RATE: u32 = 2000;
/// When a refresh is due after a token was issued.
const DUE: Duration = Duration::from_secs(3);
/// A token endpoint on another continent.
const ANSWER: Duration = Duration::from_millis(200);
/// More than a busy machine delays a task by, far less than the issuer takes.
const DELAYED: Duration = Duration::from_millis(20);
/// Those who are measured in the same seconds; more would measure the machine.
const TOGETHER: usize = 4;

pub(crate) struct Row {
    /// The contender's place.
    pub(crate) place: usize,
    /// p50, p99, p99.9 and the longest, in milliseconds.
    pub(crate) late: [f64; 4],
    /// Per cent later than 20 ms.
    pub(crate) delayed: f64,
    /// The same of the header that never changes, in the same seconds: the machine's own.
    pub(crate) machine: f64,
    /// Per cent.
    pub(crate) served: f64,
    pub(crate) exchanges: u64,
}

/// In groups, each beside a header that never changes, whose row is the first group's.
pub(crate) async fn measure(contenders: &[Contender], stands: &Stands, extent: Extent) -> Result<Vec<Row>, Error> {
    let fixed = contenders.iter().position(|contender| contender.side == Side::Fixed).ok_or("nobody is fixed")?;
    // Ours first, so that they share their seconds with nobody who waits.
    let mut refreshing: Vec<usize> = (0..contenders.len()).filter(|place| contenders[*place].refreshes()).collect();
    refreshing.sort_by_key(|place| contenders[*place].side != Side::Ours);
    let ours = refreshing.partition_point(|place| contenders[*place].side == Side::Ours);
    let mut rows = Vec::new();
    for group in std::iter::once(&refreshing[..ours]).chain(refreshing[ours..].chunks(TOGETHER)) {
        let places: Vec<usize> = std::iter::once(fixed).chain(group.iter().copied()).collect();
        let mut of_group = together(contenders, &places, stands, extent).await?;
        if !rows.is_empty() {
            of_group.remove(0);
        }
        rows.append(&mut of_group);
    }
    rows.sort_by_key(|row| row.place);
    Ok(rows)
}

async fn together(
    contenders: &[Contender],
    places: &[usize],
    stands: &Stands,
    extent: Extent,
) -> Result<Vec<Row>, Error> {
    let (mut clients, mut issuers) = (Vec::new(), Vec::new());
    for place in places {
        let contender = &contenders[*place];
        let plan = Plan { due: DUE, ahead: contender.ahead, answer: ANSWER, tokens: u64::MAX };
        let stand = stands.with(plan, ORIGIN);
        issuers.push(stand.issuer.clone());
        let client = (contender.start)(stand).await?;
        // Warm: the first token is the herd's question.
        if !(client.call)().await {
            return Err(format!("{}: the first request was not served", contender.label).into());
        }
        clients.push(client);
    }
    let time = Duration::from_secs(extent.choose(15, 4));
    let samples = arrivals(clients, RATE, time, Duration::from_secs(2)).await?;
    let late = |sample: &Sample| sample.late > DELAYED;
    let machine = percent(&samples[0], late);
    let rows = places.iter().zip(&samples).zip(&issuers).map(|((place, samples), issuer)| {
        let of = |share| percentile(samples.iter().map(|sample| sample.late.as_secs_f64() * 1e3), share);
        Row {
            place: *place,
            late: [0.5, 0.99, 0.999, 1.0].map(of),
            delayed: percent(samples, late),
            machine,
            served: percent(samples, |sample| sample.served),
            exchanges: issuer.asked(),
        }
    });
    Ok(rows.collect())
}

//! Ten thousand callers and no token.

use std::time::{Duration, Instant};

use auth_benches::ORIGIN;

use crate::Error;
use crate::contender::Contender;
use crate::issuer::Plan;
use crate::stand::Stands;

pub(crate) const CALLERS: usize = 10_000;

pub(crate) struct Row {
    /// The contender's place.
    pub(crate) place: usize,
    /// Whether it had asked before anybody called.
    pub(crate) asked_before: bool,
    pub(crate) exchanges: u64,
    pub(crate) served: usize,
    pub(crate) time: Duration,
}

pub(crate) async fn measure(contenders: &[Contender], stands: &Stands) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    for (place, contender) in contenders.iter().enumerate().filter(|(_, contender)| contender.refreshes()) {
        let (due, answer) = (Duration::from_secs(3000), Duration::from_millis(200));
        let stand = stands.with(Plan { due, ahead: contender.ahead, answer, tokens: u64::MAX }, ORIGIN);
        let issuer = stand.issuer.clone();
        let client = (contender.start)(stand).await?;
        let asked_before = issuer.asked() > 0;
        let begun = Instant::now();
        let tasks: Vec<_> = (0..CALLERS).map(|_| tokio::spawn((client.call)())).collect();
        let mut served = 0;
        for task in tasks {
            served += usize::from(task.await?);
        }
        rows.push(Row { place, asked_before, exchanges: issuer.asked(), served, time: begun.elapsed() });
    }
    Ok(rows)
}

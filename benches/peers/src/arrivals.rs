//! Requests that come when they come, whether or not the ones before are answered.

use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::time::timeout_at;

use crate::Error;
use crate::client::Client;

/// What became of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// From the time it was due, not the time it was sent: a stall delays everybody behind it.
    pub(crate) late: Duration,
    /// Whether it arrived with a token, before the measure was over.
    pub(crate) served: bool,
}

/// As many requests a second of each client, for a while; each is a task of its own. They are due at fixed times, kept by a
/// thread, since the timers of the runtime under test have a resolution of a millisecond. Whoever is not served `grace`
/// after the end never is.
pub(crate) async fn arrivals(
    clients: Vec<Client>,
    rate: u32,
    time: Duration,
    grace: Duration,
) -> Result<Vec<Vec<Sample>>, Error> {
    let (handle, count) = (Handle::current(), clients.len());
    let calls: Vec<_> = clients.into_iter().map(|client| client.call).collect();
    let clock = move || {
        let step = Duration::from_secs(1) / rate;
        let between = step / u32::try_from(count).unwrap_or(u32::MAX);
        let begin = Instant::now();
        let end = tokio::time::Instant::from_std(begin + time + grace);
        let mut tasks: Vec<Vec<_>> = calls.iter().map(|_| Vec::new()).collect();
        for number in 0.. {
            let offset = step * number;
            if offset >= time {
                break;
            }
            for (at, call) in calls.iter().enumerate() {
                let due = begin + offset + between * u32::try_from(at).unwrap_or(u32::MAX);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let calling = call();
                tasks[at].push(handle.spawn(async move {
                    let served = timeout_at(end, calling).await.unwrap_or(false);
                    Sample { late: due.elapsed(), served }
                }));
            }
        }
        // The clients live until here: a watcher that is dropped watches no more.
        (tasks, calls)
    };
    let (tasks, _calls) = tokio::task::spawn_blocking(clock).await?;
    let mut samples = Vec::new();
    for tasks in tasks {
        let mut of_one = Vec::new();
        for task in tasks {
            of_one.push(task.await?);
        }
        samples.push(of_one);
    }
    Ok(samples)
}

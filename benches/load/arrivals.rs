//! Requests that come when they come, whether or not the ones before are answered.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::thread;
use std::time::{Duration, Instant};

use http::{Response, Uri};
use tokio::task::JoinHandle;
use tower::Service;

use crate::Error;
use crate::hit::{Body, request};

/// What became of one request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// From the time it was due, not the time it was sent: a stall delays everybody behind it.
    pub(super) late: Duration,
    /// Whether its answer was not there at the first poll. The API answers at once, so it waited for a token.
    pub(super) waited: bool,
    /// Whether it arrived with a token.
    pub(super) served: bool,
}

/// Starts a request at every step for a while; each is a task of its own. They are due at fixed times, kept by a thread,
/// since the timers of the runtime under test have a resolution of a millisecond.
pub(super) async fn arrivals(
    step: Duration,
    time: Duration,
    mut start: impl FnMut(u32, Instant) -> JoinHandle<Sample> + Send + 'static,
) -> Result<Vec<Sample>, Error> {
    let clock = move || {
        let begin = Instant::now();
        let mut tasks = Vec::new();
        for number in 0.. {
            let offset = step * number;
            if offset >= time {
                break;
            }
            let due = begin + offset;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            tasks.push(start(number, due));
        }
        tasks
    };
    let mut samples = Vec::new();
    for task in tokio::task::spawn_blocking(clock).await? {
        samples.push(task.await?);
    }
    Ok(samples)
}

/// Sends one request that is due now or was due before.
pub(super) async fn send<S>(mut service: S, due: Instant) -> Sample
where
    S: Service<http::Request<Body>, Response = Response<usize>>,
{
    let uri = Uri::from_static(ITEMS);
    let mut waited = false;
    let mut sending = pin!(async {
        poll_fn(|cx| service.poll_ready(cx)).await?;
        service.call(request(&uri)).await
    });
    let answer = poll_fn(|cx| {
        let poll = sending.as_mut().poll(cx);
        waited |= poll.is_pending();
        poll
    })
    .await;
    let served = answer.is_ok_and(|response| *response.body() == WITH_TOKEN);
    Sample { late: due.elapsed(), waited, served }
}

const ITEMS: &str = "https://api.example.com/items";
/// `accept` and `authorization`.
const WITH_TOKEN: usize = 2;

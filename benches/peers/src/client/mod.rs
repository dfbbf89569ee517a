//! A contender at work, in the ways in which the measures drive it.

mod middleware;
mod service;
mod value;

use std::future::Future;
use std::pin::Pin;

use auth_benches::Stop;

use crate::Error;

pub(crate) use middleware::of_middleware;
pub(crate) use service::{network, of_layer, of_services};
pub(crate) use value::{Own, Shared, bearer, of_own, of_value};

type Sending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// How many headers arrived.
pub(crate) type Batch<'a> = Pin<Box<dyn Future<Output = Result<usize, Error>> + Send + 'a>>;

/// One task's: requests are built first, then sent, so that only the sending is measured.
pub(crate) trait Sender: Send {
    /// Builds requests.
    fn build(&mut self, hits: usize);

    /// Sends what was built, one after the other.
    fn send(&mut self) -> Batch<'_>;
}

/// How many requests were sent until told to stop.
pub(crate) type Loop = Sending<Result<u32, Error>>;

pub(crate) type Senders = Box<dyn Fn() -> Box<dyn Sender>>;

/// What a started contender can do.
pub(crate) struct Client {
    /// In memory, in its own shape.
    pub(crate) sender: Option<Senders>,
    /// In memory, behind reqwest-middleware.
    pub(crate) middleware: Option<Senders>,
    /// One request in memory: whether it arrived with a token.
    pub(crate) call: Box<dyn Fn() -> Sending<bool> + Send>,
    /// Over the network to an origin, one after the other.
    pub(crate) wire: Option<Box<dyn Fn(Stop) -> Loop>>,
}

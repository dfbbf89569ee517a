//! Whatever callers do, and whatever happens to them: one fetch, nobody hangs, no token is lost.

mod building;
mod callers;
mod cancellation;
mod clocks;
mod ending;
mod herd;
mod random;
mod runtimes;
mod scripted;
mod stepped;

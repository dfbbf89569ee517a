//! Whatever callers do, and whatever happens to them: one fetch, nobody hangs, no token is lost.

mod callers;
mod clocks;
mod ending;
mod herd;
mod runtimes;
mod scripted;

//! The cache's shell under a model checker, which decides who runs when: loom tries every interleaving of its locks and
//! atomics up to three preemptions, shuttle random ones without that limit, and many more of them.
//!
//! Run by `just loom` and `just shuttle`. Whoever waits and is never woken is a deadlock, which both report. The pointer that
//! hits read is a mutex here, because neither sees into arc-swap.
#![cfg(any(auth_loom, auth_shuttle))]
#![allow(missing_docs, reason = "a test")]

#[cfg_attr(auth_loom, path = "loom.rs")]
#[cfg_attr(auth_shuttle, path = "shuttle.rs")]
mod checker;
mod ending;
mod rejecting;
mod replacing;
mod sharing;
mod world;

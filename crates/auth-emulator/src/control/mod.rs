//! The emulator over HTTP, for tests in other languages: what a Rust test calls, under a path of its own. Not recorded, and
//! out of reach of faults. The README has the table.

mod body;
mod faults;
mod flaws;
mod guard;
mod planned;
mod requests;
mod routes;

pub(crate) use self::routes::{PATH, routes};

//! A hit: a request that finds a valid token.

mod allocations;
mod api;
mod contender;
pub(crate) mod instructions;
mod material;
mod reqwest;
mod sender;
mod still;
mod table;
mod tasks;
mod time;

use std::path::Path;

use crate::Error;
use crate::extent::Extent;
use crate::rounds::{median, median_ratio};

pub(crate) use allocations::Allocations;
pub use allocations::print_allocations;
pub use api::{Api, Body, NoOp, ORIGIN, request};
pub(crate) use contender::Contender;
pub use reqwest::{Api as ReqwestApi, NoOp as ReqwestNoOp};
pub(crate) use table::Row;

/// Everything there is to say about a hit, one row a contender.
pub(crate) fn measure(allocations: &Path, extent: Extent) -> Result<Vec<Row>, Error> {
    let nanos = time::measure(extent)?;
    let allocations = Allocations::count(allocations)?;
    let millions = tasks::measure(extent)?;
    let mut rows = Vec::new();
    for (place, contender) in Contender::ALL.into_iter().enumerate() {
        rows.push(Row {
            contender,
            nanos: median(nanos[place].iter().copied()),
            ratio: median_ratio(&nanos[place], &nanos[contender.floor().place()]),
            allocations: allocations.of(contender)?,
            instructions: instructions::per_hit(contender)?,
            millions: millions[place],
        });
    }
    Ok(rows)
}

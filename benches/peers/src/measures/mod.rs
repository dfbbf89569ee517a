//! What is measured: a question each.

pub(crate) mod allocations;
pub(crate) mod end_to_end;
pub(crate) mod failing;
pub(crate) mod herd;
pub(crate) mod hit;
pub(crate) mod lane;
pub(crate) mod steady;
pub(crate) mod weight;

use tokio::runtime::Runtime;

use crate::Error;
use crate::args::Extent;
use crate::contenders;
use crate::report::{self, Figures};
use crate::stand::Stands;
use crate::targets;

/// As many as the tables speak of.
const WORKERS: usize = 2;

fn runtime() -> Result<Runtime, Error> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build()?)
}

/// Every figure but the weights, and whether what has to hold does.
pub(crate) fn all(extent: Extent) -> Result<(), Error> {
    let (contenders, stands, runtime) = (contenders::all(), Stands::new()?, runtime()?);
    let figures = Figures {
        hit: hit::measure(&contenders, &stands, &runtime, extent)?,
        herd: runtime.block_on(herd::measure(&contenders, &stands))?,
        steady: runtime.block_on(steady::measure(&contenders, &stands, extent))?,
        failing: runtime.block_on(failing::measure(&contenders, &stands, extent))?,
        wire: end_to_end::measure(&contenders, &stands, &runtime, extent)?,
        contenders,
    };
    report::publish(&figures, extent)?;
    if extent == Extent::Quick {
        return Ok(());
    }
    let faults = targets::judge(&figures);
    if faults.is_empty() {
        println!("all that has to hold does");
        return Ok(());
    }
    Err(format!("what has to hold does not:\n  {}", faults.join("\n  ")).into())
}

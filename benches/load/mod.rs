//! What callers see while tokens are fetched and replaced: through the Tower layer, over an API in this process.

mod arrivals;
mod herd;
mod issuer;
mod outage;
mod steady;

use crate::Error;
use crate::extent::Extent;
use crate::report::Section;

pub(crate) fn measure(extent: Extent) -> Result<Vec<Section>, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build()?;
    Ok(vec![
        runtime.block_on(herd::measure())?,
        runtime.block_on(steady::measure(extent))?,
        runtime.block_on(outage::measure(extent))?,
    ])
}

//! What the gate finds fault with.

use super::record::Record;
use super::{GATED, Gated};
use crate::Error;

/// How much a ratio may exceed what is written down: less than any careless line costs.
const TOLERANCE: f64 = 1.02;
/// The same if the compiler is not the one that was written down: it inlines otherwise, on both sides.
const TOLERANCE_OTHER_RUSTC: f64 = 1.10;

/// One sentence for each fault.
pub(super) fn judge(now: &Record, before: &Record) -> Result<Vec<String>, Error> {
    let tolerance = if now.rustc == before.rustc { TOLERANCE } else { TOLERANCE_OTHER_RUSTC };
    let mut faults = Vec::new();
    for gated @ Gated { contender, against, limit, .. } in &GATED {
        let key = contender.key();
        let ratio = now.ratio(*contender, *against)?;
        if let Some(limit) = limit.filter(|limit| ratio > *limit) {
            faults.push(format!("{key}: {ratio:.3} times the instructions of a static header, at most {limit}"));
        }
        let most = before.ratio(*contender, *against)? * tolerance;
        if ratio > most {
            let percent = (tolerance - 1.0) * 100.0;
            faults
                .push(format!("{key}: ratio {ratio:.3}, at most {most:.3} (what is written down, and {percent:.0} %)"));
        }
        let allowed = now.of(*against)?.allocations + if gated.copies { now.copy_allocations } else { 0 };
        let allocations = now.of(*contender)?.allocations;
        if allocations > allowed {
            faults.push(format!("{key}: {allocations} allocations, at most {allowed}"));
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::super::record::Cost;
    use super::*;

    /// A static header for 100 instructions, ours for `ours`, with `allocations`, and two more with replay.
    fn record(rustc: &str, ours: f64, allocations: u64) -> Record {
        let mut record = Record::new(rustc.to_owned(), 2);
        for Gated { contender, against, copies, .. } in &GATED {
            record.add(*against, Cost { instructions: 100.0, allocations: 0 });
            let copied = if *copies { 2 } else { 0 };
            record.add(*contender, Cost { instructions: ours, allocations: allocations + copied });
        }
        record
    }

    fn faults(now: &Record, before: &Record) -> Result<usize, Error> {
        Ok(judge(now, before)?.len())
    }

    #[test]
    fn what_cost_as_much_before_passes() -> Result<(), Error> {
        assert_eq!(faults(&record("1", 130.0, 0), &record("1", 130.0, 0))?, 0);
        assert_eq!(faults(&record("1", 132.0, 0), &record("1", 130.0, 0))?, 0, "within 2 %");
        Ok(())
    }

    #[test]
    fn what_became_dearer_does_not() -> Result<(), Error> {
        assert_eq!(faults(&record("1", 133.0, 0), &record("1", 130.0, 0))?, GATED.len());
        Ok(())
    }

    #[test]
    fn another_compiler_is_given_more() -> Result<(), Error> {
        assert_eq!(faults(&record("2", 133.0, 0), &record("1", 130.0, 0))?, 0);
        assert_eq!(faults(&record("2", 133.0, 0), &record("1", 120.0, 0))?, GATED.len());
        Ok(())
    }

    #[test]
    fn no_record_moves_the_limit() -> Result<(), Error> {
        let limited = GATED.iter().filter(|gated| gated.limit.is_some()).count();
        assert_eq!(faults(&record("1", 136.0, 0), &record("1", 136.0, 0))?, limited);
        Ok(())
    }

    #[test]
    fn an_allocation_more_is_one_too_many() -> Result<(), Error> {
        assert_eq!(faults(&record("1", 130.0, 1), &record("1", 130.0, 1))?, GATED.len());
        Ok(())
    }
}

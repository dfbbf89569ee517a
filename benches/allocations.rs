//! Counts the heap allocations of a hit, one line a contender: `KEY COUNT`.

use allocation_counter::measure;

fn main() -> Result<(), auth_benches::Error> {
    auth_benches::print_allocations(|run| measure(run).count_total)
}

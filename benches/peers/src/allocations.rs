//! Counts the heap allocations of a hit, one line a row: `COUNT ROW`. Started by `peers`.

use std::process::ExitCode;

fn main() -> ExitCode {
    auth_peers::main(Some(|run| allocation_counter::measure(run).count_total))
}

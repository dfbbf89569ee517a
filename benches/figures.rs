//! `cargo bench -p auth-benches -- all`: see the library.

#![expect(clippy::print_stderr, reason = "a failure is told to a person")]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match auth_benches::run(Path::new(env!("CARGO_BIN_EXE_allocations")), std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

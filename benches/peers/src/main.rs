//! `just bench-peers`: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    auth_peers::main(None)
}

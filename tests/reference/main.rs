//! Writes docs/reference/environment.md. Run by `just reference`; the suite fails when it is due.

#![expect(clippy::print_stdout, reason = "a tool talks to a person")]
#![allow(clippy::unwrap_used, reason = "a tool of the repository's own may stop at the first surprise")]

mod page;

fn main() {
    std::fs::write(page::path(), page::text()).unwrap();
    println!("{} is written", page::path().display());
}

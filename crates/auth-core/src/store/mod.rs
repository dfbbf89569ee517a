//! Files that hold secrets, for programs that live for one command. Feature `store`.
//!
//! [`TokenStore`] keeps tokens from one run of a program to the next; [`write_private`] writes any file of this kind.

mod clear;
mod exposure;
mod folder;
mod forget;
mod keeping;
mod kept_token;
mod lock;
mod private_file;
#[cfg(test)]
#[cfg(all(feature = "systems", feature = "profiles", feature = "exec", feature = "test-util"))]
mod tests;
mod token_store;

pub use exposure::{exposure, tampering};
pub use private_file::write_private;
pub use token_store::TokenStore;

//! Skyflow.

mod access;
mod accounts;
pub(crate) mod assertion;
pub(crate) mod backend;
pub(crate) mod detokenize;
mod error;
pub(crate) mod gateway;
mod handle;
pub(crate) mod management;
mod records;
pub(crate) mod token;
pub(crate) mod vault;

pub(crate) use self::accounts::Accounts;
pub use self::handle::Skyflow;

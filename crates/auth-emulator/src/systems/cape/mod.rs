//! Cape.

mod access;
mod error;
mod handle;
pub(crate) mod management;
pub(crate) mod run;
mod state_file;
mod tokens;

pub use self::handle::Cape;
pub(crate) use self::tokens::Tokens;

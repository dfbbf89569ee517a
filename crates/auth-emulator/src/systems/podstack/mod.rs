//! Podstack.

pub(crate) mod api;
mod book;
mod error;
mod handle;

pub(crate) use self::book::Book;
pub use self::handle::Podstack;

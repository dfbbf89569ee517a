//! watsonx.ai.

mod access;
mod error;
pub(crate) mod generation;
mod handle;
pub(crate) mod projects;

pub use self::handle::Watsonx;

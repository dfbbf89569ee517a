//! A backend that vends tokens.

mod endpoint;
mod handle;

pub(crate) use self::endpoint::{Sessions, token};
pub use self::handle::Remote;

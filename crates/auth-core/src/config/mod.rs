//! Files that hold settings.

pub(crate) mod document;
pub(crate) mod dotenv;
mod fault;
pub(crate) mod ini;

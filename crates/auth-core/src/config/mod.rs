//! Files that hold settings.

pub(crate) mod document;
pub(crate) mod dotenv;
pub(crate) mod expand;
pub(crate) mod fault;
pub(crate) mod ini;
#[cfg(feature = "profiles")]
pub(crate) mod toml;

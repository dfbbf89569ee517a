//! IBM Cloud.

pub(crate) mod assume;
pub(crate) mod compute_resource;
mod handle;
pub(crate) mod metadata;
mod profile;

pub use self::handle::Ibm;
pub(crate) use self::handle::Resources;

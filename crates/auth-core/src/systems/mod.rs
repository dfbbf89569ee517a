//! Vendors' recipes: names, defaults and addresses, put on top of the [sources](crate::sources). Each behind a feature of
//! its own; nothing else in this crate knows them.

#[cfg(feature = "ibm")]
pub mod ibm;
#[cfg(feature = "skyflow")]
pub mod skyflow;

//! Vendors' recipes: names, defaults and addresses, put on top of the [sources](crate::sources). Each behind a feature of
//! its own; nothing else in this crate knows them.
//!
//! A system comes to an [`Access`](crate::Access), which either adapter takes in one line.

#[cfg(feature = "cape")]
pub mod cape;
#[cfg(feature = "ibm")]
pub mod ibm;
#[cfg(feature = "ivcap")]
pub mod ivcap;
#[cfg(feature = "podstack")]
pub mod podstack;
mod reference;
#[cfg(feature = "skyflow")]
pub mod skyflow;

#[cfg(feature = "cape")]
pub use cape::Cape;
#[cfg(feature = "ibm")]
pub use ibm::{IbmCloud, Watsonx};
#[cfg(feature = "ivcap")]
pub use ivcap::Ivcap;
#[cfg(feature = "podstack")]
pub use podstack::Podstack;
pub use reference::{Reference, reference};
#[cfg(feature = "skyflow")]
pub use skyflow::Skyflow;

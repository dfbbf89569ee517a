//! Vendors' recipes: names, defaults and addresses, put on top of the [sources](crate::sources). Each behind a feature of
//! its own. Of the rest of this crate only what makes an access of a profile knows them.
//!
//! A system comes to an [`Access`](crate::Access), which either adapter takes in one line. Their builders are alike: `new()`,
//! `from_env(..)` or `from_profile(..)`, arguments of the settings' names, and `access()`, which can be called again.

mod by_name;
#[cfg(feature = "cape")]
mod cape;
#[cfg(any(feature = "cape", feature = "ibm", feature = "ivcap", feature = "podstack", feature = "skyflow"))]
mod given;
#[cfg(feature = "ibm")]
pub mod ibm;
#[cfg(feature = "ivcap")]
mod ivcap;
#[cfg(any(feature = "ibm", feature = "ivcap"))]
mod own;
#[cfg(feature = "podstack")]
mod podstack;
mod reference;
#[cfg(feature = "skyflow")]
pub mod skyflow;

pub use by_name::{NAMES, from_env};
#[cfg(feature = "cape")]
pub use cape::Cape;
#[cfg(feature = "ibm")]
pub use ibm::cloud::IbmCloud;
#[cfg(feature = "ibm")]
pub use ibm::watsonx::Watsonx;
#[cfg(feature = "ivcap")]
pub use ivcap::Ivcap;
#[cfg(feature = "podstack")]
pub use podstack::Podstack;
pub use reference::reference;
#[cfg(feature = "skyflow")]
pub use skyflow::recipe::Skyflow;

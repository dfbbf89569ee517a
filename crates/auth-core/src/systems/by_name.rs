//! The systems by their names, for programs whose user names one.

use crate::{Access, Env, Error};

/// The names of the systems whose features are on, in alphabetical order: what a profile's `system` may be.
pub const NAMES: &[&str] = &[
    #[cfg(feature = "cape")]
    "cape",
    #[cfg(feature = "ibm")]
    "ibm",
    #[cfg(feature = "ivcap")]
    "ivcap",
    #[cfg(feature = "podstack")]
    "podstack",
    #[cfg(feature = "skyflow")]
    "skyflow",
    #[cfg(feature = "ibm")]
    "watsonx",
];

/// What the system of this name comes to, by its variables and files alone; `ibm` is the API of IBM Cloud's own accounts.
///
/// # Errors
/// [`Misconfigured`](crate::ErrorKind::Misconfigured) if it is none of [`NAMES`]; else as the system's own `access()`.
#[allow(unused_variables, reason = "which systems there are is for the features to say")]
pub fn from_env(name: &str, env: &Env) -> Result<Access, Error> {
    match name {
        #[cfg(feature = "cape")]
        "cape" => super::Cape::from_env(env).access(),
        #[cfg(feature = "ibm")]
        "ibm" => super::IbmCloud::from_env("ibm", env).access(),
        #[cfg(feature = "ivcap")]
        "ivcap" => super::Ivcap::from_env(env).access(),
        #[cfg(feature = "podstack")]
        "podstack" => super::Podstack::from_env(env).access(),
        #[cfg(feature = "skyflow")]
        "skyflow" => super::Skyflow::from_env(env).access(),
        #[cfg(feature = "ibm")]
        "watsonx" => super::Watsonx::from_env(env).access(),
        _ if NAMES.is_empty() => Err(Error::misconfigured("no system is known: its feature of auth-core is off")),
        _ => Err(Error::misconfigured(format!("there is no such system; there are: {}", NAMES.join(", ")))),
    }
}

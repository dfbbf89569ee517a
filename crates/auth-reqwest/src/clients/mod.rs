//! Clients of the five systems, each a thin use of [`ApiClient`](crate::ApiClient) and behind a feature of its own.
//!
//! Each is made of an [`Access`](crate::core::Access), which the system's recipe in `core::systems` brings, and hands its
//! `ApiClient` out for everything that it has no method for.

#[cfg_attr(not(feature = "systems"), allow(dead_code, reason = "each client reads some kinds of fields"))]
mod fields;

#[cfg(feature = "cape")]
mod cape;
#[cfg(feature = "ibm")]
mod ibm;
#[cfg(feature = "ivcap")]
mod ivcap;
#[cfg(feature = "podstack")]
mod podstack;
#[cfg(feature = "skyflow")]
mod skyflow;
#[cfg(feature = "skyflow")]
mod skyflow_keys;

#[cfg(feature = "cape")]
pub use cape::{CapeClient, CreateToken, IssuedToken, TokenInfo};
#[cfg(feature = "ibm")]
pub use ibm::{GeneratedText, TextGeneration, WatsonxClient};
#[cfg(feature = "ivcap")]
pub use ivcap::{IvcapClient, Service};
#[cfg(feature = "podstack")]
pub use podstack::{PodstackClient, PodstackItem, PodstackRegistry};
#[cfg(feature = "skyflow")]
pub use skyflow::{Record, SkyflowClient, SkyflowConnection, VaultGet};
#[cfg(feature = "skyflow")]
pub use skyflow_keys::{ApiKeyInfo, CreateApiKey, IssuedApiKey, SkyflowKeys};

//! IVCAP.

pub(crate) mod device;
mod error;
mod handle;
pub(crate) mod services;
pub(crate) mod sidecar;
pub(crate) mod token;

pub(crate) use self::device::Devices;
pub use self::handle::Ivcap;

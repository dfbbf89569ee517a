//! What tests of sources, and of programs that use this crate, stand on (feature `test-util`). The clock that they move is
//! [`FakeRuntime`](crate::runtime::FakeRuntime).

#[cfg(test)]
mod folder;
#[cfg(feature = "test-util")]
mod scripted_source;
#[cfg(feature = "test-util")]
mod scripted_transport;
#[cfg(feature = "test-util")]
mod source_check;

#[cfg(test)]
pub(crate) use folder::Folder;
#[cfg(feature = "test-util")]
pub use scripted_source::ScriptedSource;
#[cfg(feature = "test-util")]
pub use scripted_transport::ScriptedTransport;
#[cfg(feature = "test-util")]
pub use source_check::{SourceCheck, SourceReport};

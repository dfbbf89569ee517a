//! Files that hold settings.

pub(crate) mod document;

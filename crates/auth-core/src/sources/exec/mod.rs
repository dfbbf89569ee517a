//! Tokens from helper programs.

mod ancestry;
mod document;
mod environment;
mod failure;
mod format;
mod output;
mod program;
mod running;
mod source;

pub use format::ExecFormat;
pub use source::Exec;

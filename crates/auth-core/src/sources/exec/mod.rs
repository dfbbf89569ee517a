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

/// What helper programs see of the environment, for the reference.
pub(crate) const SETTINGS: [crate::settings::Setting; 5] = {
    let [elsewhere, on_windows, network] = environment::PASSED;
    [ancestry::TOLD, source::TOLD, elsewhere, on_windows, network]
};

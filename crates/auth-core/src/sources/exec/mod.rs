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

/// What an output comes to, without a program that prints it.
#[cfg(fuzzing)]
pub(crate) fn printed(output: &[u8], format: ExecFormat) -> Result<crate::Token, String> {
    let printed = output::parse(output, format).map_err(|reason| reason.to_string())?;
    Ok(printed.tell(crate::Token::bearer(printed.token.clone())))
}

/// What helper programs see of the environment, for the reference.
pub(crate) const SETTINGS: [crate::settings::Setting; 5] = {
    let [elsewhere, on_windows, network] = environment::PASSED;
    [ancestry::TOLD, source::TOLD, elsewhere, on_windows, network]
};

//! Who else gets at the file of a secret that callers show.

use std::path::Path;

use auth_core::store;

use crate::failure::Failure;
use crate::terminal;

/// Who may write the file lets in whom they like, so it is not used; who may read it gets in, which is said.
pub(crate) fn check(path: &Path, argument: &str) -> Result<(), Failure> {
    if let Some(why) = store::tampering(path) {
        return Err(Failure::usage(format!("{argument}: {why}")));
    }
    if let Some(why) = store::exposure(path) {
        terminal::warn(format_args!("{argument}: {why}"));
    }
    Ok(())
}

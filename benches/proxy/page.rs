//! The place of these figures in `docs/PERFORMANCE.md`.

use auth_benches::{Error, Page, occasion};

pub(crate) fn write(figures: &str) -> Result<(), Error> {
    Page::performance("proxy")?.write(&format!("{}\n\n{figures}", occasion()?))
}

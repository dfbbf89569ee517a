//! `docs/PERFORMANCE.md`: prose by hand, figures between two markers.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Figures, chart};
use crate::Error;
use crate::cost::rustc;

const BEGIN: &str = "<!-- figures: begin -->";
const END: &str = "<!-- figures: end -->";

pub(crate) struct Page(PathBuf);

impl Page {
    /// The repository's own, wherever it stands.
    pub(crate) fn find() -> Result<Self, Error> {
        Ok(Self(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/PERFORMANCE.md").canonicalize()?))
    }

    /// Replaces the figures, and the chart beside the page.
    pub(crate) fn write(&self, figures: &Figures) -> Result<(), Error> {
        let block = format!("{}\n\n![chart](performance.svg)\n\n{}", occasion()?, figures.markdown());
        fs::write(&self.0, replaced(&fs::read_to_string(&self.0)?, &block)?)?;
        fs::write(self.0.with_file_name("performance.svg"), chart::svg(&figures.hit))?;
        Ok(())
    }
}

/// When, and with what.
fn occasion() -> Result<String, Error> {
    let day = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let threads = std::thread::available_parallelism()?;
    Ok(format!("{day}, {}, {}, {threads} hardware threads.", rustc()?, std::env::consts::ARCH))
}

fn replaced(page: &str, block: &str) -> Result<String, Error> {
    let parts = page.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("the page needs a line {BEGIN} and, below, a line {END}"))?;
    Ok(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", block.trim_end()))
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prose_stays_and_the_figures_go() -> Result<(), Error> {
        let page = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        assert_eq!(replaced(&page, "new\n")?, format!("before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"));
        Ok(())
    }

    #[test]
    fn a_page_without_markers_is_not_touched() {
        assert!(replaced("prose", "new").is_err());
        assert!(replaced(&format!("{END}{BEGIN}"), "new").is_err());
    }
}

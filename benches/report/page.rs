//! A page of the repository: prose by hand, figures between two markers.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;

/// The part of a page between `<!-- NAME: begin -->` and `<!-- NAME: end -->`.
pub struct Page {
    path: PathBuf,
    part: &'static str,
}

impl Page {
    /// A part of `docs/PERFORMANCE.md`.
    ///
    /// # Errors
    /// If there is no such file.
    pub fn performance(part: &'static str) -> Result<Self, Error> {
        Ok(Self { path: Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/PERFORMANCE.md").canonicalize()?, part })
    }

    /// Replaces what stands there.
    ///
    /// # Errors
    /// If the markers are missing, or the page can't be written.
    pub fn write(&self, figures: &str) -> Result<(), Error> {
        Ok(fs::write(&self.path, replaced(&fs::read_to_string(&self.path)?, self.part, figures)?)?)
    }

    /// Writes a file beside the page.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn write_beside(&self, name: &str, content: &str) -> Result<(), Error> {
        Ok(fs::write(self.path.with_file_name(name), content)?)
    }
}

fn replaced(page: &str, part: &str, figures: &str) -> Result<String, Error> {
    let (begin, end) = (format!("<!-- {part}: begin -->"), format!("<!-- {part}: end -->"));
    let parts = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("the page needs a line {begin} and, below, a line {end}"))?;
    Ok(format!("{before}{begin}\n\n{}\n\n{end}{after}", figures.trim_end()))
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Page({self}, {})", self.part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prose_stays_and_the_figures_go() -> Result<(), Error> {
        let page = "before\n<!-- a: begin -->\nold\n<!-- a: end -->\nafter\n";
        let new = "before\n<!-- a: begin -->\n\nnew\n\n<!-- a: end -->\nafter\n";
        assert_eq!(replaced(page, "a", "new\n")?, new);
        Ok(())
    }

    #[test]
    fn a_page_without_markers_is_not_touched() {
        assert!(replaced("prose", "a", "new").is_err());
        assert!(replaced("<!-- a: end --><!-- a: begin -->", "a", "new").is_err());
        assert!(replaced("<!-- b: begin --><!-- b: end -->", "a", "new").is_err());
    }
}

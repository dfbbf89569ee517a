//! How much of it.

/// How long to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Minutes; the figures count.
    Full,
    /// Seconds; shows that everything runs.
    Quick,
}

impl Extent {
    /// Whichever is for this extent.
    pub fn choose<T>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

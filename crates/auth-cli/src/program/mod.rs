//! A program of the user's that `authctl` starts, and stands before: as if there was nobody between.
//!
//! | file | idea |
//! | --- | --- |
//! | [`child`] | from its start to its end |
//! | [`signals`] | what it has not heard, and is to hear |
//! | [`status`] | how it ended, as shells say it |

pub(crate) mod child;
pub(crate) mod signals;
pub(crate) mod status;

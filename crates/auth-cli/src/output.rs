//! The forms that several commands print in, so that each is called alike everywhere.

use clap::ValueEnum;

/// What is said of one thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Told {
    /// Lines for a person
    #[default]
    Text,
    /// For a program
    Json,
}

/// Many of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listed {
    /// A row for each
    #[default]
    Table,
    /// For a program
    Json,
}

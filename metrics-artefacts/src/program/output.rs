use std::fmt::Display;

use clap::ValueEnum;

use crate::finding::Verdict;

/// The form of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A line for each finding.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// Reports why a command could not run.
pub(super) fn could_not(error: impl Display) -> Verdict {
    eprintln!("osapi-metrics: {error}");
    Verdict::Unchecked
}

//! The series of a metric: all of them from the start where every label is closed, else those that
//! have been seen.

mod family;
mod growth;
mod labels;
mod open;

pub(crate) use family::{Family, FamilyStats, Kind, Snapshot};
pub use labels::SeriesLabels;
pub(crate) use labels::{AllSeries, AnyLabels};

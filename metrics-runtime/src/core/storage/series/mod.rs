//! The series of a metric: all of them from the start where every label is closed, else the series
//! that have been used.

mod family;
mod index;
mod labels;
mod limits;
mod lookup;
mod open;
mod series_storage;

pub(crate) use family::{Family, FamilyStats};
pub(crate) use index::AllSeries;
pub use labels::SeriesLabels;
pub(crate) use series_storage::SeriesStorage;

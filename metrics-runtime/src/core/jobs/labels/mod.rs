//! The labels that the metrics of a set make from the labels of a job.

mod conversion;
mod from_job;
mod needs;
mod parts;

pub use conversion::{FromJobLabels, NoLabels};
pub use from_job::FromJob;
pub use needs::{LabelNeeds, NoLabelNeeds, assert_labels_available};
pub use parts::{FromErrorText, FromStage};

pub(super) use conversion::{LabelConversion, SameLabels};

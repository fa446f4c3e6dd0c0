//! For `derive(LabelSet)`: lists of labels, and the conversion from a job.

pub use crate::{
    jobs::{FromErrorText, FromStage},
    labels::{LabelList, concat, series_count},
};

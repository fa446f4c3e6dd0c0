//! For `derive(LabelSet)`: lists of labels, and the conversion from a job.

pub use crate::core::{
    descriptor::{LabelList, concat, series_count},
    jobs::{FromErrorText, FromStage},
};

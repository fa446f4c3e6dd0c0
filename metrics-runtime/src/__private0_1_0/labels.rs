//! For `derive(LabelSet)`: lists of labels, and the conversion from a job.

pub use crate::core::{
    descriptor::{KeyList, LabelList, concat, concat_keys, series_count},
    jobs::{FromErrorText, FromStage},
};

//! The rules for declarations that only the compiler can evaluate: descriptors that are written by
//! hand, and attributes that name a constant by its path.

mod attributes;
mod constant_labels;
mod groups;
mod metric;
mod old_name;
mod scope;
mod series;
mod states;
mod thresholds;

pub use attributes::{
    assert_apart, assert_buckets, assert_count, assert_description, assert_job_name,
    assert_no_mistakes, assert_no_mistakes_in, assert_prefix, assert_runbook, usable_prefix,
};
pub use constant_labels::assert_constant_label;
pub use groups::{assert_group, assert_part};
pub use metric::MetricRules;
pub use old_name::assert_old_name;
pub use scope::assert_scope;
pub use series::assert_series;
pub use states::assert_state_label;
pub use thresholds::assert_quantile_threshold;

pub(crate) use series::assert_series_end;

//! Declarations: metrics, their labels, jobs, and the source location of each declaration.
//!
//! All of it is constant. [`const_checks`] checks the rules for values that the compiler knows and
//! the macros do not.

mod const_checks;
mod constant_label;
mod event_binding;
mod job;
mod labels;
mod member;
mod metric;
mod origin;
mod threshold;
mod value_type;

pub use const_checks::{
    MetricRules, assert_apart, assert_buckets, assert_constant_label, assert_count,
    assert_description, assert_group, assert_job_name, assert_no_mistakes, assert_no_mistakes_in,
    assert_old_name, assert_part, assert_prefix, assert_quantile_threshold, assert_runbook,
    assert_scope, assert_series, assert_state_label, usable_prefix,
};
pub use constant_label::ConstantLabel;
pub use event_binding::EventBinding;
pub use job::{JobDescriptor, Slo};
pub use labels::{
    KeyList, LabelDescriptor, LabelList, LabelRef, LabelSet, LabelValue, LabelValues, LabelVisitor,
    OpenLabelValue, assert_distinct_keys, assert_exemplar_label_key, assert_label_key, concat,
    concat_keys, series_count,
};
pub use member::{
    Member, count_metrics, have_constant_labels, join_group, join_name, join_names, joined_length,
    metrics_of, name_text, names_length,
};
pub use metric::MetricDescriptor;
pub use origin::Origin;
pub use threshold::{Severity, Threshold};
pub use value_type::ValueType;

pub(crate) use const_checks::assert_series_end;
pub(crate) use labels::{OwnedLabel, closed_combination, is_closed};

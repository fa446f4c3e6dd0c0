//! For all macros: the rules as functions that generated constants call. A violated rule panics at
//! compile time.

pub use osapi_metrics_rules::{DeclarationPart, MAX_SERIES, NameViolations};

pub use crate::core::{
    descriptor::{
        assert_apart, assert_buckets, assert_constant_label, assert_count, assert_description,
        assert_distinct_keys, assert_exemplar_label_key, assert_group, assert_job_name,
        assert_label_key, assert_no_mistakes, assert_no_mistakes_in, assert_old_name, assert_part,
        assert_prefix, assert_quantile_threshold, assert_runbook, assert_scope, assert_series,
        assert_state_label, usable_prefix,
    },
    jobs::{LabelNeeds, NoLabelNeeds, assert_labels_available},
};

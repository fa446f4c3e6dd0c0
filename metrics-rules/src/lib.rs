//! The rules for valid metrics: names, kinds, units, label keys, buckets and thresholds.
//!
//! Every rule of the framework is a `const fn` over plain data in this crate. The derive macros
//! call the rules while they expand, descriptors call them in constants, and the runtime calls them
//! for data that is known at start-up (configured buckets, third-party instruments). [`similar`]
//! finds the known word that a misspelt word means, and [`excerpt`] cuts what a message repeats.
//! The crate does not allocate and has no dependencies.
//!
//! A metric has two names: the declared OpenTelemetry name, and the Prometheus name in a scrape.
//! The rules check both names. [`prometheus_name`] converts the first name into the second.
//!
//! ```
//! use osapi_metrics_rules::{InstrumentKind, check_suffix, prometheus_name};
//!
//! assert!(check_suffix("osapi_jobs_created", InstrumentKind::Counter).is_some());
//!
//! const NAME: osapi_metrics_rules::RenderedName =
//!     prometheus_name("tasker.step.execution.duration", Some("ms"), InstrumentKind::Histogram);
//! assert_eq!(NAME.as_str(), "tasker_step_execution_duration_milliseconds");
//! ```
//!
//! The checks are independent of each other: each check finds one mistake, accepts all other
//! mistakes, and never panics. A caller can therefore report all mistakes of a declaration at once.

#![no_std]

mod absence;
mod buckets;
mod constant_label;
mod description;
mod kind;
mod label;
mod message;
mod name;
mod old_name;
mod rendered;
mod runbook;
mod series;
mod staleness;
mod text;
mod threshold;
mod unit;

pub mod excerpt;
pub mod similar;

pub use absence::explain_absence;
pub use buckets::{
    BYTES_LADDER, BucketViolation, MAX_BUCKETS, SECONDS_LADDER, check_buckets, default_ladder,
};
pub use constant_label::{
    MAX_CONSTANT_LABEL_BYTES, MAX_CONSTANT_LABELS, explain_constant_key, explain_constant_labels,
    explain_constant_value, is_one_key_in_scrape,
};
pub use description::explain_description;
pub use kind::InstrumentKind;
pub use label::{
    LabelViolation, check_label_key, explain_exemplar_label_key, explain_label_key, same_label_key,
    same_scraped_label_key,
};
pub use message::Message;
pub use name::{
    DeclarationPart, DeclaredName, MAX_NAME_LENGTH, NameRules, NameViolation, NameViolations,
    PLAIN_PREFIX, Proposal, check_base_unit, check_base_unit_of, check_grammar, check_prefix,
    check_semconv, check_suffix, check_unit_for_kind, check_unit_in_name, check_words,
    explain_part, explain_prefix, is_plain_prefix, propose,
};
pub use old_name::KnownName;
pub use rendered::{
    RenderedName, explain_collision, families_clash, prometheus_family, prometheus_name,
    prometheus_unit,
};
#[doc(hidden)]
pub use rendered::{have_one_beginning, sample_suffixes};
pub use runbook::explain_runbook;
pub use series::{MAX_KEPT_SERIES, MAX_OPEN_SERIES, MAX_SERIES};
pub use staleness::{MAX_STALE_AFTER, explain_stale_after};
#[doc(hidden)]
pub use text::equal;
pub use threshold::{
    Comparison, Limit, SeverityViolation, check_severities, explain_quantile,
    explain_quantile_threshold, explain_ratio_threshold, explain_threshold_value,
};
pub use unit::{
    ProposedUnit, UNITS, Unit, UnitInfo, UnitViolation, UnitWord, nearest_unit, parse_unit,
    propose_unit, unit_word,
};

//! What a valid metric is: names, kinds, units, label keys and buckets.
//!
//! Every rule of the framework has its one home here, as a `const fn` over plain data. The derive macros call it
//! while they expand, descriptors call it in constants, and the runtime calls it for what is only known at start-up
//! (configured buckets, third-party instruments). The crate allocates nothing and depends on nothing.
//!
//! A metric has two names: the OpenTelemetry name as it was written, and the Prometheus name a scrape shows. The
//! rules judge both; [`prometheus_name`] is the way from the first to the second.
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
//! The checks are independent of each other: each looks for its own mistake, tolerates every other, and never
//! panics, so that a caller can report all mistakes of a declaration at once.

#![no_std]

mod buckets;
mod kind;
mod label;
mod message;
mod name;
mod rendered;
mod series;
mod text;
mod unit;

pub use buckets::{
    BYTES_LADDER, BucketViolation, MAX_BUCKETS, SECONDS_LADDER, check_buckets, default_ladder,
};
pub use kind::InstrumentKind;
pub use label::{LabelViolation, check_label_key, explain_label_key, same_label_key};
pub use message::Message;
pub use name::{
    DeclaredName, MAX_NAME_LENGTH, NameMistakes, NameRules, NameViolation, PLAIN_PREFIX, Place,
    Proposal, check_base_unit, check_grammar, check_prefix, check_semconv, check_suffix,
    check_unit_for_kind, check_unit_in_name, check_words, explain_prefix, is_plain_prefix, propose,
};
pub use rendered::{
    RenderedName, explain_collision, families_clash, prometheus_family, prometheus_name,
    prometheus_unit,
};
pub use series::{MAX_OPEN_SERIES, MAX_SERIES};
pub use unit::{
    ProposedUnit, UNITS, Unit, UnitInfo, UnitViolation, UnitWord, nearest_unit, parse_unit,
    propose_unit, unit_word,
};

//! The snapshot: every metric at one moment, as all exporters read it.
//!
//! ```text
//! Snapshot ─┬─ resource                  who is measured
//!           ├─ ConstantLabels            labels that every series has
//!           └─ MetricSnapshot            for each metric:
//!                ├─ MetricIdentity       scope, name, unit, help, kind
//!                ├─ constant labels      those of its set
//!                ├─ series               the labels and the start of each series
//!                ├─ Values               a number or a distribution for each series, or nothing
//!                └─ Exemplars            single samples of series, with their traces
//! ```
//!
//! A snapshot knows neither where its values come from nor what an exporter makes of them.

mod all;
mod constants;
mod distribution;
mod exemplars;
mod exponential;
mod identity;
mod label_key;
mod metric;
mod resource;
mod values;

pub(crate) use all::Snapshot;
pub(crate) use constants::{ConstantLabels, set_constants};
pub(crate) use distribution::{Distribution, Distributions};
pub(crate) use exemplars::Exemplars;
pub(crate) use exponential::{ExponentialBuckets, ExponentialDistribution};
pub(crate) use values::Values;

pub(crate) use identity::{MetricIdentity, Scope};
pub(crate) use label_key::sanitize;
pub(crate) use metric::MetricSnapshot;
pub(crate) use resource::Resource;

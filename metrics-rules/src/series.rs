//! The limits of the number of series (rule L5).

/// The largest number of series of a metric, which is the product of the sizes of its labels (rule
/// L5).
///
/// The OpenTelemetry SDK has the same cardinality limit by default.
pub const MAX_SERIES: usize = 2000;

/// The largest number of series at run time of a metric with an open label, for any product of the
/// limits of its labels, unless the configuration sets another one.
///
/// `max_series` allows the product of the limits, and a process uses only a small part of the
/// combinations. The SDK sizes its maps by this number.
pub const MAX_OPEN_SERIES: usize = 10_000;

/// The largest number of series of a metric that a process can be configured to keep.
///
/// The combinations of closed labels with the values of one open label are at most as many: a
/// declaration with more promises what no process keeps. Of several open labels the product can be
/// greater, because usually one of them determines the others.
pub const MAX_KEPT_SERIES: usize = 1_000_000;

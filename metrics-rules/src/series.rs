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

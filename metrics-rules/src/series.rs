/// The largest number of series one metric may have: the product of the sizes of its labels (rule L5).
///
/// It is also the cardinality limit that the OpenTelemetry SDK applies by default.
pub const MAX_SERIES: usize = 2000;

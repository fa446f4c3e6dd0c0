/// The largest number of series one metric may have: the product of the sizes of its labels (rule L5).
///
/// It is also the cardinality limit that the OpenTelemetry SDK applies by default.
pub const MAX_SERIES: usize = 2000;

/// The most series that a metric has at run time if one of its labels is open, whatever their limits multiply to.
///
/// A label set that declares more with `max_series` says what its labels could do together; what they do is far less,
/// and the SDK sizes its maps by this number.
pub const MAX_OPEN_SERIES: usize = 10_000;

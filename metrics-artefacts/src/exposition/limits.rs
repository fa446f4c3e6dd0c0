//! The most that is kept of one exposition.

/// The most names of samples or families.
pub(crate) const MAX_NAMES: usize = 100_000;

/// The most series, where each one is kept. A bucket of a histogram is none.
pub(crate) const MAX_SERIES: usize = 100_000;

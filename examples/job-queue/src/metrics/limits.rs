//! The limits of the series. `benches/fleet` replaces this file by one with more workers.

/// The most workers of one process that have series of their own; further workers share the
/// overflow series.
pub(super) const MAX_WORKERS: usize = 100;

/// The most workers that have series of their own for errors, of which each has many more.
pub(super) const MAX_WORKERS_WITH_ERRORS: usize = MAX_WORKERS;

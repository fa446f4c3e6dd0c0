//! The limits of a process that stands for a fleet.

/// The most workers that have series of their own.
pub(super) const MAX_WORKERS: usize = 20_000;

/// The most workers that have series of their own for errors, of which each has many more. A
/// process keeps a million series of a metric.
pub(super) const MAX_WORKERS_WITH_ERRORS: usize = 800;

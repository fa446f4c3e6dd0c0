//! The limits of a process that stands for a fleet.

/// The most workers that have series of their own.
pub(super) const MAX_WORKERS: usize = 20_000;

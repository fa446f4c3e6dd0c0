use std::{fmt, time::Duration};

use super::origin::Origin;

/// One annotated function: everything about its jobs that is known at compile time.
///
/// [`Catalogue::jobs`](crate::Catalogue::jobs) lists those that are linked into the program.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct JobDescriptor {
    /// The job's name: the label `job_name` in [`JobMetrics`](crate::JobMetrics).
    pub name: &'static str,
    /// The type of the metric set that its jobs are recorded in, as it was written.
    pub set: &'static str,
    /// The keys of the attribute that say what is recorded of a job: `queued_at`, `output_size`.
    pub keys: &'static [&'static str],
    /// Its service-level objective.
    pub slo: Option<Slo>,
    /// Where the function stands.
    pub origin: Origin,
}

/// A service-level objective: the share of jobs that complete within a time.
///
/// A job is *good* if it completed within the latency, and *bad* if it failed, timed out, panicked,
/// or did not complete within the latency. One that was cancelled before the latency had passed is
/// neither: nobody knows what would have become of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Slo {
    /// How long a good job takes at most.
    pub latency: Duration,
    /// The share of good jobs that is aimed at, between 0 and 1.
    pub target: f64,
}

impl JobDescriptor {
    /// A job that nothing more is known about.
    #[doc(hidden)]
    pub const fn new(name: &'static str, set: &'static str, origin: Origin) -> Self {
        Self { name, set, keys: &[], slo: None, origin }
    }

    /// Sets the keys that were given.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_keys(mut self, keys: &'static [&'static str]) -> Self {
        self.keys = keys;
        self
    }

    /// Sets the service-level objective.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_slo(mut self, slo: Slo) -> Self {
        self.slo = Some(slo);
        self
    }

    /// Whether this key was given.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.contains(&key)
    }
}

impl Slo {
    /// This share of jobs is to complete within this time.
    #[doc(hidden)]
    pub const fn new(latency: Duration, target: f64) -> Self {
        Self { latency, target }
    }
}

impl fmt::Display for Slo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latency = humantime::format_duration(self.latency);
        write!(f, "{} of jobs within {latency}", self.target)
    }
}

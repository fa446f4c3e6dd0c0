use std::{fmt, time::Duration};

use super::origin::Origin;

/// A function with `#[instrumented_job]`: everything about its jobs that is known at compile time.
///
/// [`Catalogue::jobs`](crate::Catalogue::jobs) lists the functions that are linked into the
/// program.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct JobDescriptor {
    /// The job's name: the label `job_name` in [`JobMetrics`](crate::JobMetrics).
    pub name: &'static str,
    /// The type of the metric set that the jobs are recorded in, as it is written in the attribute.
    pub set: &'static str,
    /// The keys of the attribute that add measurements to a job: `queued_at`, `output_size`.
    pub keys: &'static [&'static str],
    /// The service-level objective of the jobs.
    pub slo: Option<Slo>,
    /// The upper boundaries of the buckets for the durations of the jobs, without `+Inf`, in the
    /// unit of the histogram. `None` if they are those of the histogram.
    pub buckets: Option<&'static [f64]>,
    /// The source location of the function.
    pub origin: Origin,
}

/// A service-level objective: the share of jobs that complete within a time.
///
/// A job is *good* if it completed within the latency, and *bad* if it failed, timed out, panicked,
/// or did not complete within the latency. A job that is cancelled before the latency has passed is
/// neither: its outcome is not known.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Slo {
    /// The longest duration of a good job.
    pub latency: Duration,
    /// The objective for the share of good jobs, between 0 and 1.
    pub target: f64,
    /// The fewest jobs in the shortest window of an alert for which the alert counts, if the
    /// objective names them: with less traffic, a single bad job would be a great share.
    pub min_events: Option<u64>,
}

impl JobDescriptor {
    /// A job without keys and objective.
    #[doc(hidden)]
    pub const fn new(name: &'static str, set: &'static str, origin: Origin) -> Self {
        Self { name, set, keys: &[], slo: None, buckets: None, origin }
    }

    /// Sets the keys of the attribute.
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

    /// Sets the boundaries for the durations of the jobs.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_buckets(mut self, buckets: &'static [f64]) -> Self {
        self.buckets = Some(buckets);
        self
    }

    /// Whether the attribute has this key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.contains(&key)
    }
}

impl Slo {
    /// The objective that this share of jobs completes within this time.
    #[doc(hidden)]
    pub const fn new(latency: Duration, target: f64) -> Self {
        Self { latency, target, min_events: None }
    }

    /// Sets the fewest jobs in the shortest window of an alert.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_min_events(mut self, min_events: u64) -> Self {
        self.min_events = Some(min_events);
        self
    }
}

impl fmt::Display for Slo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latency = humantime::format_duration(self.latency);
        write!(f, "{} of jobs within {latency}", self.target)?;
        match self.min_events {
            Some(min_events) => write!(f, " (from {min_events} jobs in a window)"),
            None => Ok(()),
        }
    }
}

//! Jobs in code that cannot be annotated.

use std::borrow::Cow;

use super::{JobGuard, JobMetricSet};
use crate::core::{
    jobs::{
        metrics::{JobLabels, JobMetrics},
        start::{JobContext, Start},
    },
    sync::enabled,
};

impl JobMetrics {
    /// Starts a job of this name in code that cannot be annotated. See [`JobGuard`].
    pub fn start(&self, job_name: impl Into<Cow<'static, str>>) -> JobGuard {
        JobGuard::by_hand(|| JobLabels { job_name: job_name.into() })
    }
}

impl<S: JobMetricSet> JobGuard<S> {
    /// Starts a job with these labels.
    pub(super) fn by_hand(labels: impl FnOnce() -> S::Labels) -> Self {
        if !enabled() {
            return Self::off();
        }
        let mut guard = S::begin_job(JobContext::EMPTY, Start::new(labels()));
        guard.run_from_here();
        guard
    }
}

use crate::core::{
    descriptor::JobDescriptor,
    jobs::{
        events::JobEvent,
        guard::JobMetricSet,
        metrics::{JobLabels, JobMetrics},
        start::HandlerCache,
    },
};

/// The labels of the jobs of a handler, with the caches that depend on them.
#[doc(hidden)]
pub trait HandlerLabels<S: JobMetricSet>: Sync {
    /// The labels of all jobs. `None` if each job has labels of its own.
    fn labels(&self, handler: &'static JobDescriptor) -> Option<S::Labels>;

    /// The cache, if all jobs have the same labels.
    fn cache(&self) -> Option<&HandlerCache<S::Cache>>;

    /// Starts the counters of the handler at 0, if the labels are known.
    fn declare(&self, handler: &'static JobDescriptor);
}

/// Each job has labels of its own.
impl<S: JobMetricSet> HandlerLabels<S> for () {
    fn labels(&self, _: &'static JobDescriptor) -> Option<S::Labels> {
        None
    }

    #[inline]
    fn cache(&self) -> Option<&HandlerCache<S::Cache>> {
        None
    }

    fn declare(&self, _: &'static JobDescriptor) {}
}

/// All jobs have the name of the handler as their label.
impl HandlerLabels<JobMetrics> for HandlerCache<<JobMetrics as JobMetricSet>::Cache> {
    fn labels(&self, handler: &'static JobDescriptor) -> Option<JobLabels> {
        Some(JobLabels::of(handler))
    }

    #[inline]
    fn cache(&self) -> Option<&Self> {
        Some(self)
    }

    fn declare(&self, handler: &'static JobDescriptor) {
        let (set, labels) = (JobMetrics::global(), JobLabels::of(handler));
        let event = JobEvent::Declared(handler);
        set.on_created(&labels, &event, None);
        set.on_started(&labels, &event, None);
        set.on_retried(&labels, &event, None);
        set.on_ended(&labels, &event, None);
        set.on_judged(&labels, &event, None);
    }
}

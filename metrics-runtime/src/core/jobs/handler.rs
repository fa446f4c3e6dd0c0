use std::{
    fmt,
    marker::PhantomData,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use super::{
    JobEvent, JobGuard, JobLabels, JobMetrics, JobMetricSet,
    assertions::{assert_latency, assert_recorded, durations},
    start::Start,
};
use crate::core::{
    descriptor::{JobDescriptor, MetricDescriptor, Slo},
    registry::{JobRegistration, RegisteredJob, lost},
    sync::{Moment, enabled, scope},
};

/// An annotated function whose jobs are recorded in a set.
#[doc(hidden)]
pub struct Handler<S, K = ()> {
    descriptor: JobDescriptor,
    /// Whether it was looked for among those that are registered.
    registration_checked: AtomicBool,
    /// What all its jobs have in labels.
    labels: K,
    set: PhantomData<fn(S)>,
}

/// One whose jobs have its name for a label.
#[doc(hidden)]
pub type NamedHandler = Handler<JobMetrics, HandlerCache<JobMetrics>>;

/// What jobs of the same labels need to find out once.
#[doc(hidden)]
pub struct HandlerCache<S: JobMetricSet> {
    series: S::Cache,
    /// The bits of the moment that a success was last noted at; 0 if none was.
    success_noted: AtomicU64,
}

/// What all jobs of a handler have in labels: nothing, if each has labels of its own.
#[doc(hidden)]
pub trait HandlerLabels<S: JobMetricSet>: Sync {
    /// Their labels.
    fn labels(&self, handler: &'static JobDescriptor) -> Option<S::Labels>;

    /// What they need to find out once.
    fn cache(&self) -> Option<&HandlerCache<S>>;

    /// Lets the counters of a handler start at 0.
    fn declare(&self, handler: &'static JobDescriptor);
}

impl<S: JobMetricSet> HandlerLabels<S> for () {
    fn labels(&self, _: &'static JobDescriptor) -> Option<S::Labels> {
        None
    }

    #[inline]
    fn cache(&self) -> Option<&HandlerCache<S>> {
        None
    }

    /// Labels that differ are not known in advance.
    fn declare(&self, _: &'static JobDescriptor) {}
}

impl HandlerLabels<JobMetrics> for HandlerCache<JobMetrics> {
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

/// A set that can have handlers. The attribute names their type through it: where a set follows no
/// jobs, that is the one error.
#[doc(hidden)]
pub trait HasHandler {
    /// A handler whose jobs have labels of their own.
    type Handler;
}

impl<S: JobMetricSet> HasHandler for S {
    type Handler = Handler<S>;
}

impl NamedHandler {
    /// One of this name.
    pub const fn named(descriptor: JobDescriptor) -> Self {
        let labels = HandlerCache { series: JobMetrics::EMPTY_CACHE, success_noted: AtomicU64::new(0) };
        Self { descriptor, registration_checked: AtomicBool::new(false), labels, set: PhantomData }
    }

    /// What a job of it starts with.
    #[inline]
    pub fn job(&'static self) -> Start<JobLabels> {
        Start::new(JobLabels::of(&self.descriptor))
    }
}

impl<S: JobMetricSet> Handler<S> {
    /// One whose jobs have labels of their own.
    pub const fn new(descriptor: JobDescriptor) -> Self {
        let registration_checked = AtomicBool::new(false);
        Self { descriptor, registration_checked, labels: (), set: PhantomData }
    }

    /// What a job of these labels starts with.
    pub fn labelled(&self, labels: impl FnOnce() -> S::Labels) -> Start<S::Labels> {
        Start::labelled(labels)
    }

    /// See [`assert_recorded`].
    #[track_caller]
    pub const fn assert_recorded(key: &str) {
        assert_recorded::<S>(key);
    }

    /// See [`assert_latency`].
    #[track_caller]
    pub const fn assert_latency(latency: Duration, written: &str) {
        assert_latency::<S>(latency, written);
    }
}

impl<S: JobMetricSet, K: HandlerLabels<S>> Handler<S, K> {
    /// Starts a job. Nothing is evaluated if recording is off.
    #[inline]
    pub fn start(&'static self, job: impl FnOnce() -> Start<S::Labels>) -> JobGuard<S> {
        if enabled() { S::begin_job(self.context(), job()) } else { JobGuard::off() }
    }

    /// Prepares a job that starts later.
    pub fn prepare(&'static self, job: impl FnOnce() -> Start<S::Labels>) -> JobGuard<S> {
        if !enabled() {
            return JobGuard::off();
        }
        JobGuard::prepared(self.context(), job().prepared())
    }

    /// What its jobs concern.
    #[inline]
    fn context(&'static self) -> JobContext<S> {
        if !self.registration_checked.load(Ordering::Relaxed) {
            self.check_registration();
        }
        // What is kept are series of the instance that is exported.
        let cache = if scope::is_active() { None } else { self.labels.cache() };
        JobContext { cache, slo: self.descriptor.slo.as_ref() }
    }

    #[cold]
    fn check_registration(&'static self) {
        let mut registered = inventory::iter::<JobRegistration>();
        if !self.registration_checked.swap(true, Ordering::Relaxed)
            // By what was declared, because a generic function may have several.
            && !registered.any(|JobRegistration(job)| *job.descriptor() == self.descriptor)
        {
            lost::note(self.descriptor.name, self.descriptor.origin);
        }
    }
}

/// What is the same for all jobs of a handler, for those that have one.
#[doc(hidden)]
pub struct JobContext<S: JobMetricSet> {
    cache: Option<&'static HandlerCache<S>>,
    /// The service-level objective.
    pub(super) slo: Option<&'static Slo>,
}

impl<S: JobMetricSet> JobContext<S> {
    pub(super) const EMPTY: Self = Self { cache: None, slo: None };

    /// The series, if all concern the same.
    #[inline]
    pub(super) fn series_cache(&self) -> Option<&'static S::Cache> {
        self.cache.map(|cache| &cache.series)
    }

    /// Whether a success at this moment is to be noted: of jobs that succeed all the time, not each.
    #[inline]
    pub(super) fn should_record_success(&self, success: Moment) -> bool {
        let Some(cache) = self.cache else { return true };
        let noted = cache.success_noted.load(Ordering::Relaxed);
        let should_record_success = noted == 0 || success.is_later(Moment::from_bits(noted));
        if should_record_success {
            cache.success_noted.store(success.to_bits(), Ordering::Relaxed);
        }
        should_record_success
    }
}

impl<S, K> fmt::Debug for Handler<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.descriptor.fmt(f)
    }
}

impl<S: JobMetricSet> fmt::Debug for JobContext<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobContext").field("slo", &self.slo).finish_non_exhaustive()
    }
}

impl<S: JobMetricSet> fmt::Debug for HandlerCache<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerCache").field("success_noted", &self.success_noted).finish_non_exhaustive()
    }
}

impl<S: JobMetricSet, K: HandlerLabels<S>> RegisteredJob for Handler<S, K> {
    fn descriptor(&'static self) -> &'static JobDescriptor {
        &self.descriptor
    }

    fn is_named(&'static self) -> bool {
        self.labels.labels(&self.descriptor).is_some()
    }

    fn durations(&self) -> Option<&'static MetricDescriptor> {
        durations::<S>()
    }

    fn declare(&'static self) {
        self.labels.declare(&self.descriptor);
    }
}

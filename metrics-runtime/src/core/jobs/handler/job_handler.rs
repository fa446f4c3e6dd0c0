use std::{
    any::TypeId,
    fmt,
    marker::PhantomData,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use super::{
    assertions::{assert_latency, assert_recorded, durations},
    handler_labels::HandlerLabels,
};
use crate::core::{
    descriptor::{JobDescriptor, LabelRef, LabelSet, MetricDescriptor},
    jobs::{
        guard::{JobGuard, JobMetricSet},
        metrics::{JobLabels, JobMetrics},
        start::{HandlerCache, JobContext, Start},
    },
    registry::{JobRegistration, RegisteredJob, lost},
    sync::{enabled, scope},
};

/// An annotated function whose jobs are recorded in a set.
#[doc(hidden)]
pub struct Handler<S, L = ()> {
    descriptor: JobDescriptor,
    /// Whether the handler was looked up among the registered handlers.
    registration_checked: AtomicBool,
    labels: L,
    set: PhantomData<fn(S)>,
}

/// A handler whose jobs have its name as their label.
#[doc(hidden)]
pub type NamedHandler = Handler<JobMetrics, HandlerCache<<JobMetrics as JobMetricSet>::Cache>>;

/// A set that can have handlers. The attribute names the type of the handler through this trait, so
/// that a set that does not record job events is one error.
#[doc(hidden)]
pub trait HasHandler {
    /// A handler whose jobs have labels of their own.
    type Handler;
}

impl<S: JobMetricSet> HasHandler for S {
    type Handler = Handler<S>;
}

impl NamedHandler {
    /// A handler with the name of the descriptor.
    pub const fn named(descriptor: JobDescriptor) -> Self {
        let labels = HandlerCache::new(JobMetrics::EMPTY_CACHE);
        Self { descriptor, registration_checked: AtomicBool::new(false), labels, set: PhantomData }
    }

    /// The start of a job.
    #[inline]
    pub fn job(&'static self) -> Start<JobLabels> {
        Start::new(JobLabels::of(&self.descriptor))
    }
}

impl<S: JobMetricSet> Handler<S> {
    /// A handler whose jobs have labels of their own.
    pub const fn new(descriptor: JobDescriptor) -> Self {
        let registration_checked = AtomicBool::new(false);
        Self { descriptor, registration_checked, labels: (), set: PhantomData }
    }

    /// The start of a job with these labels.
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

impl<S: JobMetricSet, L: HandlerLabels<S>> Handler<S, L> {
    /// Starts a job. If recording is off, `job` is not evaluated.
    #[inline]
    pub fn start(&'static self, job: impl FnOnce() -> Start<S::Labels>) -> JobGuard<S> {
        if enabled() { S::begin_job(self.context(), job()) } else { JobGuard::off() }
    }

    /// Prepares a job that starts later.
    pub fn prepare(&'static self, job: impl FnOnce() -> Start<S::Labels>) -> JobGuard<S> {
        if !enabled() {
            return JobGuard::off();
        }
        JobGuard::prepared(self.context(), job())
    }

    #[inline]
    fn context(&'static self) -> JobContext<S::Cache> {
        if !self.registration_checked.load(Ordering::Relaxed) {
            self.check_registration();
        }
        // The cache has series of the instance that is exported.
        let cache = if scope::is_active() { None } else { self.labels.cache() };
        JobContext::new(cache, self.descriptor.slo.as_ref())
    }

    #[cold]
    fn check_registration(&'static self) {
        let mut registered = inventory::iter::<JobRegistration>();
        if !self.registration_checked.swap(true, Ordering::Relaxed)
            // Compares descriptors, because a generic function may have several handlers.
            && !registered.any(|JobRegistration(job)| *job.descriptor() == self.descriptor)
        {
            lost::note(self.descriptor.name, self.descriptor.origin);
        }
    }
}

impl<S, L> fmt::Debug for Handler<S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.descriptor.fmt(f)
    }
}

impl<S: JobMetricSet, L: HandlerLabels<S>> RegisteredJob for Handler<S, L> {
    fn descriptor(&'static self) -> &'static JobDescriptor {
        &self.descriptor
    }

    fn is_named(&'static self) -> bool {
        self.labels.labels(&self.descriptor).is_some()
    }

    fn set(&self) -> TypeId {
        TypeId::of::<S>()
    }

    fn each_label(&'static self, each: &mut dyn FnMut(&'static str, LabelRef<'_>)) {
        let Some(labels) = self.labels.labels(&self.descriptor) else { return };
        let mut keys = S::Labels::LABELS.iter().map(|label| label.key);
        labels.visit(&mut |value| {
            if let Some(key) = keys.next() {
                each(key, value);
            }
        });
    }

    fn durations(&self) -> Option<&'static MetricDescriptor> {
        durations::<S>()
    }

    fn declare(&'static self) {
        self.labels.declare(&self.descriptor);
    }
}

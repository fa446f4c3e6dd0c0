use std::{
    fmt,
    marker::PhantomData,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use super::{
    JobEvent, JobGuard, JobLabels, JobMetrics, JobSet,
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
    looked_for: AtomicBool,
    /// What all its jobs have in common.
    common: K,
    set: PhantomData<fn(S)>,
}

/// One whose jobs have its name for a label.
#[doc(hidden)]
pub type NamedHandler = Handler<JobMetrics, Kept<JobMetrics>>;

/// What jobs of the same labels need to find out once.
#[doc(hidden)]
pub struct Kept<S: JobSet> {
    series: S::Known,
    /// The bits of the moment that a success was last noted at; 0 if none was.
    success_noted: AtomicU64,
}

/// What all jobs of a handler have in common: nothing, if each has labels of its own.
#[doc(hidden)]
pub trait Common<S: JobSet>: Sync {
    /// Their labels.
    fn labels(&self, handler: &'static JobDescriptor) -> Option<S::Labels>;

    /// What they need to find out once.
    fn kept(&self) -> Option<&Kept<S>>;

    /// Lets the counters of a handler start at 0.
    fn declare(&self, handler: &'static JobDescriptor);
}

impl<S: JobSet> Common<S> for () {
    fn labels(&self, _: &'static JobDescriptor) -> Option<S::Labels> {
        None
    }

    #[inline]
    fn kept(&self) -> Option<&Kept<S>> {
        None
    }

    /// Labels that differ are not known in advance.
    fn declare(&self, _: &'static JobDescriptor) {}
}

impl Common<JobMetrics> for Kept<JobMetrics> {
    fn labels(&self, handler: &'static JobDescriptor) -> Option<JobLabels> {
        Some(JobLabels::of(handler))
    }

    #[inline]
    fn kept(&self) -> Option<&Self> {
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
pub trait Handled {
    /// A handler whose jobs have labels of their own.
    type Handler;
}

impl<S: JobSet> Handled for S {
    type Handler = Handler<S>;
}

impl NamedHandler {
    /// One of this name.
    pub const fn named(descriptor: JobDescriptor) -> Self {
        let common = Kept { series: JobMetrics::UNKNOWN, success_noted: AtomicU64::new(0) };
        Self { descriptor, looked_for: AtomicBool::new(false), common, set: PhantomData }
    }

    /// What a job of it starts with.
    #[inline]
    pub fn job(&'static self) -> Start<JobLabels> {
        Start::new(JobLabels::of(&self.descriptor))
    }
}

impl<S: JobSet> Handler<S> {
    /// One whose jobs have labels of their own.
    pub const fn new(descriptor: JobDescriptor) -> Self {
        let looked_for = AtomicBool::new(false);
        Self { descriptor, looked_for, common: (), set: PhantomData }
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

impl<S: JobSet, K: Common<S>> Handler<S, K> {
    /// Starts a job. Nothing is evaluated if recording is off.
    #[inline]
    pub fn start(&'static self, job: impl FnOnce() -> Start<S::Labels>) -> JobGuard<S> {
        if enabled() { S::begin_job(self.concerned(), job()) } else { JobGuard::off() }
    }

    /// Prepares a job that starts later.
    pub fn prepare(&'static self, job: impl FnOnce() -> Start<S::Labels>) -> JobGuard<S> {
        if !enabled() {
            return JobGuard::off();
        }
        JobGuard::waiting(self.concerned(), job().prepared())
    }

    /// What its jobs concern.
    #[inline]
    fn concerned(&'static self) -> Concerned<S> {
        if !self.looked_for.load(Ordering::Relaxed) {
            self.look_for();
        }
        // What is kept are series of the instance that is exported.
        let kept = if scope::is_active() { None } else { self.common.kept() };
        Concerned { kept, slo: self.descriptor.slo.as_ref() }
    }

    #[cold]
    fn look_for(&'static self) {
        let mut registered = inventory::iter::<JobRegistration>();
        if !self.looked_for.swap(true, Ordering::Relaxed)
            // By what was declared, because a generic function may have several.
            && !registered.any(|JobRegistration(job)| *job.descriptor() == self.descriptor)
        {
            lost::note(self.descriptor.name, self.descriptor.origin);
        }
    }
}

/// What is the same for all jobs of a handler, for those that have one.
#[doc(hidden)]
pub struct Concerned<S: JobSet> {
    kept: Option<&'static Kept<S>>,
    /// The service-level objective.
    pub(super) slo: Option<&'static Slo>,
}

impl<S: JobSet> Concerned<S> {
    pub(super) const NOTHING: Self = Self { kept: None, slo: None };

    /// The series, if all concern the same.
    #[inline]
    pub(super) fn known(&self) -> Option<&'static S::Known> {
        self.kept.map(|kept| &kept.series)
    }

    /// Whether a success at this moment is to be noted: of jobs that succeed all the time, not each.
    #[inline]
    pub(super) fn is_news(&self, success: Moment) -> bool {
        let Some(kept) = self.kept else { return true };
        let noted = kept.success_noted.load(Ordering::Relaxed);
        let is_news = noted == 0 || success.is_later(Moment::from_bits(noted));
        if is_news {
            kept.success_noted.store(success.to_bits(), Ordering::Relaxed);
        }
        is_news
    }
}

impl<S, K> fmt::Debug for Handler<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.descriptor.fmt(f)
    }
}

impl<S: JobSet> fmt::Debug for Concerned<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Concerned").field("slo", &self.slo).finish_non_exhaustive()
    }
}

impl<S: JobSet> fmt::Debug for Kept<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("success_noted", &self.success_noted).finish_non_exhaustive()
    }
}

impl<S: JobSet, K: Common<S>> RegisteredJob for Handler<S, K> {
    fn descriptor(&'static self) -> &'static JobDescriptor {
        &self.descriptor
    }

    fn is_named(&'static self) -> bool {
        self.common.labels(&self.descriptor).is_some()
    }

    fn durations(&self) -> Option<&'static MetricDescriptor> {
        durations::<S>()
    }

    fn declare(&'static self) {
        self.common.declare(&self.descriptor);
    }
}

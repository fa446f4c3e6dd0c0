use std::{fmt, time::Duration};

use super::{
    JobDescriptor, JobEvent, JobGuard, JobLabels, JobMetrics, JobSet, Slo,
    assertions::{assert_latency, assert_recorded, durations},
    start::{Start, begin},
};
use crate::{MetricDescriptor, recording::enabled};

/// An annotated function: what is known about it, and the series of its jobs once they were found.
#[doc(hidden)]
pub struct Handler<S: JobSet> {
    descriptor: JobDescriptor,
    /// The labels of all its jobs, unless they come from each job.
    labels: Option<fn(&'static JobDescriptor) -> S::Labels>,
    known: S::Known,
}

/// A set that can have handlers. The attribute names their type through it: where a set follows no
/// jobs, that is the one error.
#[doc(hidden)]
pub trait Handled {
    /// A handler whose jobs are recorded in the set.
    type Handler;
}

impl<S: JobSet> Handled for S {
    type Handler = Handler<S>;
}

impl Handler<JobMetrics> {
    /// One whose jobs have its name for a label.
    pub const fn named(descriptor: JobDescriptor) -> Self {
        Self { descriptor, labels: Some(JobLabels::of), known: JobMetrics::UNKNOWN }
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
        Self { descriptor, labels: None, known: S::UNKNOWN }
    }

    /// What a job of these labels starts with.
    pub fn labelled(&self, labels: impl FnOnce() -> S::Labels) -> Start<S::Labels> {
        Start::labelled(labels)
    }

    /// Starts a job. Nothing is evaluated if recording is off.
    #[inline]
    pub fn start(&'static self, job: impl FnOnce() -> Start<S::Labels>) -> JobGuard<S> {
        if enabled() { begin(Some(self), job()) } else { JobGuard::off() }
    }

    /// Prepares a job that starts later.
    pub fn prepare(&'static self, job: impl FnOnce() -> Start<S::Labels>) -> JobGuard<S> {
        if enabled() { JobGuard::waiting(self, job().prepared()) } else { JobGuard::off() }
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

    /// Where the series of its jobs are kept, if all concern the same.
    #[inline]
    pub(super) fn known(&'static self) -> Option<&'static S::Known> {
        self.labels.is_some().then_some(&self.known)
    }

    #[inline]
    pub(super) fn slo(&self) -> Option<&Slo> {
        self.descriptor.slo.as_ref()
    }
}

impl<S: JobSet> fmt::Debug for Handler<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.descriptor.fmt(f)
    }
}

/// A handler of any set.
#[doc(hidden)]
pub trait RegisteredJob: fmt::Debug + Sync {
    /// What is known about it.
    fn descriptor(&'static self) -> &'static JobDescriptor;

    /// Whether all its jobs have its name for a label, so that another of the same name has the same
    /// series.
    fn is_named(&self) -> bool;

    /// The histogram of how long its jobs take.
    fn durations(&self) -> Option<&'static MetricDescriptor>;

    /// Lets its counters start at 0.
    fn declare(&'static self);
}

impl<S: JobSet> RegisteredJob for Handler<S> {
    fn descriptor(&'static self) -> &'static JobDescriptor {
        &self.descriptor
    }

    fn is_named(&self) -> bool {
        self.labels.is_some()
    }

    fn durations(&self) -> Option<&'static MetricDescriptor> {
        durations::<S>()
    }

    fn declare(&'static self) {
        if let Some(labels) = self.labels {
            let labels = labels(&self.descriptor);
            S::global().on_event(&labels, &JobEvent::Declared(&self.descriptor), None);
        }
    }
}

/// A handler as it registers itself at link time.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct JobRegistration(pub &'static dyn RegisteredJob);

inventory::collect!(JobRegistration);

/// Lets the counters of every linked handler start at 0.
pub(crate) fn declare_registered() {
    for JobRegistration(job) in inventory::iter::<JobRegistration>() {
        job.declare();
    }
}

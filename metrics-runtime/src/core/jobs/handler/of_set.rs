use std::{fmt, marker::PhantomData, time::Duration};

use super::{
    assertions::{assert_latency, assert_latency_in, assert_recorded},
    job_handler::Handler,
};
use crate::core::{
    descriptor::JobDescriptor,
    jobs::{
        guard::{JobGuard, JobMetricSet},
        start::{JobContext, Start},
    },
    registry::RegisteredJob,
    sync::enabled,
};

/// A handler whose jobs are recorded in a set with labels of their own.
#[doc(hidden)]
pub struct SetHandler<S> {
    handler: Handler,
    set: PhantomData<fn(S)>,
}

/// A set that can have handlers. The attribute names the type of the handler through this trait, so
/// that a set that does not record job events is one error.
#[doc(hidden)]
pub trait HasHandler {
    /// A handler whose jobs have labels of their own.
    type Handler;
}

impl<S: JobMetricSet> HasHandler for S {
    type Handler = SetHandler<S>;
}

impl<S: JobMetricSet> SetHandler<S> {
    /// A handler with this descriptor.
    pub const fn new(descriptor: JobDescriptor) -> Self {
        Self { handler: Handler::of::<S>(descriptor, false), set: PhantomData }
    }

    /// The handler as the program registers it.
    pub const fn registered(&'static self) -> &'static dyn RegisteredJob {
        &self.handler
    }

    /// Starts a job with these labels. If recording is off, they are not evaluated.
    #[inline]
    pub fn start(&'static self, labels: impl FnOnce() -> S::Labels) -> JobGuard<S> {
        self.start_with(labels, |start| start)
    }

    /// Starts a job with these labels and the data of keys.
    #[inline]
    pub fn start_with(
        &'static self,
        labels: impl FnOnce() -> S::Labels,
        data: impl FnOnce(Start<S::Labels>) -> Start<S::Labels>,
    ) -> JobGuard<S> {
        if !enabled() {
            return JobGuard::off();
        }
        S::begin_job(self.context(), data(Start::labelled(labels)))
    }

    /// Prepares a job that starts later.
    pub fn prepare(&'static self, labels: impl FnOnce() -> S::Labels) -> JobGuard<S> {
        self.prepare_with(labels, |start| start)
    }

    /// Prepares a job with the data of keys.
    pub fn prepare_with(
        &'static self,
        labels: impl FnOnce() -> S::Labels,
        data: impl FnOnce(Start<S::Labels>) -> Start<S::Labels>,
    ) -> JobGuard<S> {
        if !enabled() {
            return JobGuard::off();
        }
        JobGuard::prepared(self.context(), data(Start::labelled(labels)))
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

    /// See [`assert_latency_in`].
    #[track_caller]
    pub const fn assert_latency_in(latency: Duration, written: &str, own: &[f64]) {
        assert_latency_in::<S>(latency, written, own);
    }

    #[inline]
    fn context(&'static self) -> JobContext<S::Cache> {
        self.handler.check_registration();
        JobContext::new(None, self.handler.at_end())
    }
}

impl<S> fmt::Debug for SetHandler<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handler.fmt(f)
    }
}

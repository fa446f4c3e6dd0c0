use std::sync::OnceLock;

use super::job_handler::Handler;
use crate::core::{
    descriptor::JobDescriptor,
    jobs::{
        guard::{JobGuard, JobMetricSet},
        metrics::{JobLabels, JobMetrics},
        start::{HandlerCache, JobContext, Start},
    },
    registry::RegisteredJob,
    sync::{Opaque, enabled, scope},
};

/// A handler whose jobs have its name as their label.
#[doc(hidden)]
#[derive(Debug)]
pub struct NamedHandler {
    handler: Handler,
    /// The series of its jobs, from the first job.
    kept: OnceLock<Opaque<HandlerCache<Cache>>>,
}

type Cache = <JobMetrics as JobMetricSet>::Cache;

impl NamedHandler {
    /// A handler with the name of the descriptor.
    pub const fn new(descriptor: JobDescriptor) -> Self {
        Self { handler: Handler::of::<JobMetrics>(descriptor, true), kept: OnceLock::new() }
    }

    /// The handler as the program registers it.
    pub const fn registered(&'static self) -> &'static dyn RegisteredJob {
        &self.handler
    }

    /// Starts a job.
    #[inline]
    pub fn start(&'static self) -> JobGuard {
        if enabled() { JobMetrics::begin_job(self.context(), self.job()) } else { JobGuard::off() }
    }

    /// Starts a job with data of keys. If recording is off, they are not evaluated.
    #[inline]
    pub fn start_with(
        &'static self,
        data: impl FnOnce(Start<JobLabels>) -> Start<JobLabels>,
    ) -> JobGuard {
        if !enabled() {
            return JobGuard::off();
        }
        JobMetrics::begin_job(self.context(), data(self.job()))
    }

    /// Prepares a job that starts later.
    pub fn prepare(&'static self) -> JobGuard {
        self.prepare_with(|job| job)
    }

    /// Prepares a job with data of keys.
    pub fn prepare_with(
        &'static self,
        data: impl FnOnce(Start<JobLabels>) -> Start<JobLabels>,
    ) -> JobGuard {
        if !enabled() {
            return JobGuard::off();
        }
        JobGuard::prepared(self.context(), data(self.job()))
    }

    #[inline]
    fn job(&'static self) -> Start<JobLabels> {
        Start::new(JobLabels::of(&self.handler.descriptor))
    }

    #[inline]
    fn context(&'static self) -> JobContext<Cache> {
        let kept = self.kept.get().unwrap_or_else(|| self.begin_use());
        // The series are those of the instance that is exported.
        let cache = if scope::is_active() { None } else { Some(&**kept) };
        JobContext::new(cache, self.handler.at_end())
    }

    #[cold]
    fn begin_use(&'static self) -> &'static Opaque<HandlerCache<Cache>> {
        self.handler.check_registration();
        self.kept.get_or_init(|| Opaque::new(HandlerCache::new(JobMetrics::EMPTY_CACHE)))
    }
}

use std::{
    fmt,
    time::{Duration, Instant},
};

use super::{JobEnd, JobEvent, JobSet, JobStatus, active::Slot, end::Outcome};
use crate::recording::enabled;

/// A job that runs. However it is left, its end is recorded once: by [`finish`](Self::finish), or
/// when the guard is dropped without it.
#[doc(hidden)]
pub struct JobGuard<S: JobSet> {
    /// Absent if recording was off at the start, and after the end.
    job: Option<RunningJob<S::Labels>>,
}

struct RunningJob<L> {
    labels: L,
    started: Instant,
    slot: Option<Slot>,
    /// Whether the job's own code is on the stack. A guard that is dropped meanwhile, or that finds
    /// later that this never ended, has been unwound through: the job panicked.
    executing: bool,
}

/// All that a return value tells about its job.
#[doc(hidden)]
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub outcome: Outcome,
    /// How many bytes it produced.
    pub output_size: Option<u64>,
}

impl<S: JobSet> JobGuard<S> {
    /// The job's own code takes over.
    pub(super) fn enter(&mut self) {
        if let Some(job) = &mut self.job {
            job.executing = true;
        }
    }

    /// The job's own code gives back.
    pub(super) fn leave(&mut self) {
        if let Some(job) = &mut self.job {
            job.executing = false;
        }
    }

    /// Records the end that a return value describes.
    pub(super) fn finish<R: ?Sized>(
        &mut self,
        returned: &R,
        describe: impl FnOnce(&R) -> Finished,
    ) {
        if self.job.is_none() {
            return;
        }
        // The closures that class an error and measure an output can panic like the body.
        self.enter();
        let Finished { outcome, output_size } = describe(returned);
        self.end(outcome, output_size);
    }

    fn end(&mut self, outcome: Outcome, output_size: Option<u64>) {
        let Some(job) = self.job.take() else { return };
        let duration = job.started.elapsed();
        if let Some((slot, active)) = job.slot.zip(S::active_jobs()) {
            active.leave(slot);
        }
        let set = S::global();
        let Outcome { status, error_type } = outcome;
        // First: whatever becomes of the rest, the job has its end.
        set.on_event(&job.labels, &JobEvent::Ended(&JobEnd { status, error_type, duration }));
        if let Some(bytes) = output_size {
            set.on_event(&job.labels, &JobEvent::Output(bytes));
        }
    }
}

/// Starts a job. Nothing is evaluated if recording is off.
#[doc(hidden)]
pub fn start<S: JobSet>(
    labels: impl FnOnce() -> S::Labels,
    waited: impl FnOnce() -> Option<Duration>,
) -> JobGuard<S> {
    if !enabled() {
        return JobGuard { job: None };
    }
    let (labels, wait) = (labels(), waited());
    let set = S::global();
    set.on_event(&labels, &JobEvent::Started);
    if let Some(wait) = wait {
        set.on_event(&labels, &JobEvent::Waited(wait));
    }
    let started = Instant::now();
    let slot = S::active_jobs().map(|active| active.enter(labels.clone(), started));
    JobGuard { job: Some(RunningJob { labels, started, slot, executing: false }) }
}

/// Runs the body of an instrumented function. `describe` tells the end from what it returns.
#[doc(hidden)]
pub fn run<S: JobSet, R>(
    mut guard: JobGuard<S>,
    body: impl FnOnce() -> R,
    describe: impl FnOnce(&R) -> Finished,
) -> R {
    guard.enter();
    let returned = body();
    guard.leave();
    guard.finish(&returned, describe);
    returned
}

impl<S: JobSet> Drop for JobGuard<S> {
    fn drop(&mut self) {
        if let Some(job) = &self.job {
            let status = if job.executing { JobStatus::Panicked } else { JobStatus::Cancelled };
            self.end(Outcome { status, error_type: None }, None);
        }
    }
}

impl<S: JobSet> fmt::Debug for JobGuard<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobGuard").field("running", &self.job.is_some()).finish()
    }
}

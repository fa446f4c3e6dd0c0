use std::{fmt, time::Duration};

use super::{JobEnd, JobEvent, JobSet, JobStatus, active::Running};
use crate::recording::{Moment, enabled};

/// A job that runs. However it is left, its end is recorded once: by [`finish`](Self::finish), or
/// when the guard is dropped without it.
#[doc(hidden)]
pub struct JobGuard<S: JobSet> {
    /// Absent if recording was off at the start.
    job: Option<RunningJob<S>>,
}

struct RunningJob<S: JobSet> {
    labels: S::Labels,
    known: Option<&'static S::Known>,
    started: Moment,
    entered: S::Entered,
    running: Option<Running>,
    ended: bool,
    /// Whether the job's own code is on the stack. A guard that is dropped meanwhile, or that finds
    /// later that this never ended, has been unwound through: the job panicked.
    executing: bool,
}

/// All that a return value tells about its job.
#[doc(hidden)]
#[derive(Debug)]
pub struct Finished {
    /// How it ended, except for how long it took.
    pub end: JobEnd,
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
        self.end(&mut describe(returned));
    }

    #[inline(never)]
    fn end(&mut self, Finished { end, output_size }: &mut Finished) {
        let Some(job) = &mut self.job else { return };
        // Whatever happens from here on, it has no second end.
        if std::mem::replace(&mut job.ended, true) {
            return;
        }
        end.duration = job.started.elapsed();
        job.running = None;
        S::leave(&job.entered);
        let set = S::global();
        set.on_event(&job.labels, &JobEvent::Ended(end), job.known);
        if let Some(bytes) = output_size {
            set.on_event(&job.labels, &JobEvent::Output(*bytes), job.known);
        }
    }
}

/// Starts a job. Nothing is evaluated if recording is off.
#[doc(hidden)]
#[inline]
pub fn start<S: JobSet>(
    known: Option<&'static S::Known>,
    labels: impl FnOnce() -> S::Labels,
    waited: impl FnOnce() -> Option<Duration>,
) -> JobGuard<S> {
    if !enabled() {
        return JobGuard { job: None };
    }
    begin(known, labels(), waited())
}

/// The same code for every job of a set.
#[inline(never)]
fn begin<S: JobSet>(
    known: Option<&'static S::Known>,
    labels: S::Labels,
    waited: Option<Duration>,
) -> JobGuard<S> {
    let set = S::global();
    set.on_event(&labels, &JobEvent::Started, known);
    if let Some(wait) = waited {
        set.on_event(&labels, &JobEvent::Waited(wait), known);
    }
    let entered = set.enter(&labels, known);
    let started = Moment::now();
    let oldest = set.oldest_active(&labels, known);
    let running = oldest.and_then(|series| Running::enter(series.id(), started));
    JobGuard {
        job: Some(RunningJob {
            labels,
            known,
            entered,
            started,
            running,
            ended: false,
            executing: false,
        }),
    }
}

/// Runs the body of an instrumented function. `describe` tells the end from what it returns.
#[doc(hidden)]
#[inline]
pub fn run<S: JobSet, R>(
    guard: &mut JobGuard<S>,
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
        if let Some(job) = &self.job
            && !job.ended
        {
            let status = if job.executing { JobStatus::Panicked } else { JobStatus::Cancelled };
            self.end(&mut Finished { end: JobEnd::of(status), output_size: None });
        }
    }
}

impl<S: JobSet> fmt::Debug for JobGuard<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let running = self.job.as_ref().is_some_and(|job| !job.ended);
        f.debug_struct("JobGuard").field("running", &running).finish()
    }
}

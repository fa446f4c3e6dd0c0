use std::{mem, num::NonZeroU32, thread};

use super::{
    JobGuard, JobMetricSet,
    set::{ActiveJob, GuardState},
};
use crate::core::{
    jobs::{
        eval::eval_user_code,
        events::JobEvent,
        outcome::{ErrorLabel, ErrorType, JobEnd, JobReport, JobStatus, classified, classified_by},
        start::{AttemptNumber, JobContext, QueuedAt, Start},
    },
    sync::enabled,
};

impl<S: JobMetricSet> JobGuard<S> {
    /// Ends the job as `completed`.
    pub fn complete(mut self) {
        self.end(&mut JobReport::at(JobEnd::COMPLETED));
    }

    /// Ends the job as `failed`, with an error of this class. The class `timeout` makes it
    /// `timed_out`.
    pub fn fail(mut self, error_type: impl ErrorLabel) {
        self.describe(&Err::<(), _>(()), |returned| {
            JobReport::at(classified_by(returned, |()| error_type))
        });
    }

    /// Ends the job with a result: as `completed`, or as `failed` with the class of the error.
    pub fn finish<T, E: ErrorType>(mut self, result: &Result<T, E>) {
        self.describe(result, |result| JobReport::at(classified(result)));
    }

    /// Records the time that the job had waited when it started. Call it once.
    pub fn queued_at(self, at: impl QueuedAt) -> Self {
        if !self.is_off()
            && let Some(wait) = eval_user_code(|| at.waited()).flatten()
        {
            self.record(S::on_waited, &JobEvent::Waited(wait));
        }
        self
    }

    /// Records the number of the attempt, counted from 1, and whether it is the last attempt. Call
    /// it once.
    pub fn attempt(mut self, number: impl AttemptNumber, is_final: bool) -> Self {
        let GuardState::Active(job) = &mut self.state else { return self };
        let number = eval_user_code(|| number.number()).flatten();
        job.attempt = number;
        job.final_attempt = is_final;
        if number.is_some_and(|number| number > NonZeroU32::MIN) {
            self.record(S::on_retried, &JobEvent::Retried);
        }
        self
    }

    /// Records the number of bytes that the job produced.
    pub fn output_size(&self, bytes: u64) {
        self.record(S::on_output, &JobEvent::Output(bytes));
    }

    fn record<'a>(
        &self,
        on_event: impl Fn(&S, &S::Labels, &JobEvent<'a>, Option<&'static S::Cache>),
        event: &JobEvent<'a>,
    ) {
        if let GuardState::Active(ActiveJob { set, labels, context, .. }) = &self.state
            && enabled()
        {
            on_event(set, labels, event, context.series_cache());
        }
    }

    pub(in crate::core::jobs) const fn off() -> Self {
        Self { state: GuardState::Off }
    }

    pub(in crate::core::jobs) fn prepared(
        context: JobContext<S::Cache>,
        start: Start<S::Labels>,
    ) -> Self {
        Self { state: GuardState::Prepared(context, start.prepared()) }
    }

    /// Whether nothing will be recorded.
    #[doc(hidden)]
    pub const fn is_off(&self) -> bool {
        matches!(self.state, GuardState::Off)
    }

    /// Starts a prepared job.
    #[inline]
    pub(super) fn begin(&mut self) {
        if let GuardState::Prepared(..) = self.state
            && let GuardState::Prepared(context, start) =
                mem::replace(&mut self.state, GuardState::Off)
            && enabled()
        {
            *self = S::begin_job(context, start.wait_longer());
        }
    }

    /// Makes a panic that unwinds from now on the job's own.
    pub(super) fn run_from_here(&mut self) {
        if let GuardState::Active(job) = &mut self.state {
            job.unwinding = thread::panicking();
        }
    }

    /// Runs the job's own code. A panic in the code ends the job.
    #[inline]
    pub(super) fn watch<R>(&mut self, code: impl FnOnce() -> R) -> R {
        let guard = PanicGuard(self);
        let returned = code();
        mem::forget(guard);
        returned
    }

    /// Records the end that a return value describes.
    #[inline]
    pub(super) fn describe<R: ?Sized>(
        &mut self,
        returned: &R,
        describe: impl FnOnce(&R) -> JobReport,
    ) {
        if !self.is_off() {
            self.end(&mut describe(returned));
        }
    }

    fn end(&mut self, report: &mut JobReport) {
        if let GuardState::Active(job) = &mut self.state {
            S::end_job(job, report);
        }
    }
}

impl<S: JobMetricSet> Drop for JobGuard<S> {
    #[inline]
    fn drop(&mut self) {
        if let GuardState::Active(job) = &mut self.state
            && !job.ended
        {
            abandon(job);
        }
    }
}

/// Ends a job whose code has not said how it ended. Apart, so that the drop of a guard stays short.
#[cold]
#[inline(never)]
fn abandon<S: JobMetricSet>(job: &mut ActiveJob<S>) {
    let panicked = thread::panicking() && !job.unwinding;
    let status = if panicked { JobStatus::Panicked } else { JobStatus::Cancelled };
    S::end_job(job, &mut JobReport::at(JobEnd::of(status)));
}

/// Dropped only if the job's code unwinds.
struct PanicGuard<'a, S: JobMetricSet>(&'a mut JobGuard<S>);

impl<S: JobMetricSet> Drop for PanicGuard<'_, S> {
    fn drop(&mut self) {
        self.0.end(&mut JobReport::at(JobEnd::of(JobStatus::Panicked)));
    }
}

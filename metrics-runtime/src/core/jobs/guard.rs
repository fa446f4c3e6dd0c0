use std::{fmt, mem, num::NonZeroU32, thread};

use super::{
    AttemptNumber, ErrorLabel, ErrorType, JobEnd, JobEvent, JobMetrics, JobMetricSet, JobStatus,
    QueuedAt,
    active::ActiveJobEntry,
    eval::eval_user_code,
    handler::JobContext,
    objective::judge,
    outcome::{classified, classified_by},
    start::Start,
};
use crate::core::sync::{Moment, enabled};

/// A job that runs. However it is left, its end is recorded once.
///
/// `#[instrumented_job]` holds one for each call. In code that cannot be annotated,
/// [`JobMetrics::start`] gives one, or [`JobMetricSet::start`] for another set.
///
/// ```
/// use osapi_metrics::JobMetrics;
///
/// # fn import(line: &str) -> Result<u32, std::num::ParseIntError> { line.parse() }
/// for line in ["1", "2", "x"] {
///     let job = JobMetrics::global().start("line.import");
///     match import(line) {
///         Ok(_) => job.complete(),
///         Err(_) => job.fail("invalid_data"),
///     }
/// }
/// ```
///
/// Dropped without a word, the job is `panicked` if a panic unwinds through it, and `cancelled`
/// otherwise: an early return, or a future that was dropped.
#[must_use = "a job whose guard is dropped at once is cancelled"]
pub struct JobGuard<S: JobMetricSet = JobMetrics> {
    state: State<S>,
}

enum State<S: JobMetricSet> {
    /// Recording was off at the start.
    Off,
    /// Starts when its future is first polled.
    Prepared(JobContext<S>, Start<S::Labels>),
    Active(ActiveJob<S>),
}

#[doc(hidden)]
pub struct ActiveJob<S: JobMetricSet> {
    /// The instance that its start was recorded in, for its end.
    pub(super) set: &'static S,
    pub(super) labels: S::Labels,
    pub(super) context: JobContext<S>,
    pub(super) started: Moment,
    pub(super) active_series: S::ActiveSeries,
    pub(super) entry: Option<ActiveJobEntry>,
    pub(super) attempt: Option<NonZeroU32>,
    pub(super) final_attempt: bool,
    pub(super) ended: bool,
    /// Whether a panic was unwinding already when the job's code was last about to run: it is not
    /// the job's.
    pub(super) unwinding: bool,
}

/// All that a return value tells about its job.
#[doc(hidden)]
#[derive(Debug)]
pub struct JobReport {
    /// How it ended, except for how long it took.
    pub end: JobEnd,
    /// How many bytes it produced.
    pub output_size: Option<u64>,
}

impl<S: JobMetricSet> JobGuard<S> {
    /// The job returned what it should.
    pub fn complete(mut self) {
        self.end(&mut JobReport::at(JobEnd::COMPLETED));
    }

    /// The job failed with an error of this class. The class `timeout` makes it `timed_out`.
    pub fn fail(mut self, error_type: impl ErrorLabel) {
        self.describe(&Err::<(), _>(()), |returned| {
            JobReport::at(classified_by(returned, |()| error_type))
        });
    }

    /// The job returned this: it completed, or failed with an error of a known class.
    pub fn finish<T, E: ErrorType>(mut self, result: &Result<T, E>) {
        self.describe(result, |result| JobReport::at(classified(result)));
    }

    /// Records how long the job had waited when it started. To be called once.
    pub fn queued_at(self, at: impl QueuedAt) -> Self {
        if !self.is_off()
            && let Some(wait) = eval_user_code(|| at.waited()).flatten()
        {
            self.record(S::on_waited, &JobEvent::Waited(wait));
        }
        self
    }

    /// Records which attempt this is, counted from 1, and whether it is the last one. To be called
    /// once.
    pub fn attempt(mut self, number: impl AttemptNumber, is_final: bool) -> Self {
        let State::Active(job) = &mut self.state else { return self };
        let number = eval_user_code(|| number.number()).flatten();
        job.attempt = number;
        job.final_attempt = is_final;
        if number.is_some_and(|number| number > NonZeroU32::MIN) {
            self.record(S::on_retried, &JobEvent::Retried);
        }
        self
    }

    /// Records how many bytes the job produced.
    pub fn output_size(&self, bytes: u64) {
        self.record(S::on_output, &JobEvent::Output(bytes));
    }

    fn record<'a>(
        &self,
        on_event: impl Fn(&S, &S::Labels, &JobEvent<'a>, Option<&'static S::Cache>),
        event: &JobEvent<'a>,
    ) {
        if let State::Active(job) = &self.state {
            on_event(job.set, &job.labels, event, job.context.series_cache());
        }
    }

    /// A job of these labels that no attribute follows.
    pub(super) fn by_hand(labels: impl FnOnce() -> S::Labels) -> Self {
        if !enabled() {
            return Self::off();
        }
        let mut guard = S::begin_job(JobContext::EMPTY, Start::new(labels()));
        guard.run_from_here();
        guard
    }

    pub(super) const fn off() -> Self {
        Self { state: State::Off }
    }

    pub(super) fn prepared(context: JobContext<S>, start: Start<S::Labels>) -> Self {
        Self { state: State::Prepared(context, start) }
    }

    pub(super) fn active(job: ActiveJob<S>) -> Self {
        Self { state: State::Active(job) }
    }

    /// Whether nothing will be recorded.
    #[doc(hidden)]
    pub const fn is_off(&self) -> bool {
        matches!(self.state, State::Off)
    }

    /// Starts the job if it was waiting for that.
    #[inline]
    pub(super) fn begin(&mut self) {
        if let State::Prepared(..) = self.state
            && let State::Prepared(context, start) = mem::replace(&mut self.state, State::Off)
            && enabled()
        {
            *self = S::begin_job(context, start.wait_longer());
        }
    }

    /// A panic that unwinds from now on is the job's own.
    pub(super) fn run_from_here(&mut self) {
        if let State::Active(job) = &mut self.state {
            job.unwinding = thread::panicking();
        }
    }

    /// Runs the job's own code. A panic in it is the job's end.
    #[inline]
    pub(super) fn watch<R>(&mut self, code: impl FnOnce() -> R) -> R {
        let unwinding = PanicGuard(self);
        let returned = code();
        mem::forget(unwinding);
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
        if let State::Active(job) = &mut self.state {
            S::end_job(job, report);
        }
    }
}

/// Records the end of a job, unless it has ended before.
#[doc(hidden)]
#[inline]
pub fn end<S: JobMetricSet>(job: &mut ActiveJob<S>, JobReport { end, output_size }: &mut JobReport) {
    // Whatever happens from here on, it has no second end.
    if mem::replace(&mut job.ended, true) {
        return;
    }
    let now = Moment::now();
    end.duration = now.since(job.started);
    end.attempt = job.attempt;
    end.final_attempt = job.final_attempt;
    job.entry = None;
    S::mark_inactive(&job.active_series);
    let (set, cache) = (job.set, job.context.series_cache());
    set.on_ended(&job.labels, &JobEvent::Ended(end), cache);
    if end.status == JobStatus::Completed && job.context.should_record_success(now) {
        set.on_succeeded(&job.labels, &JobEvent::Succeeded(now), cache);
    }
    if let Some(bytes) = output_size {
        set.on_output(&job.labels, &JobEvent::Output(*bytes), cache);
    }
    if let Some(slo) = job.context.slo
        && let Some(good) = judge(slo, end)
    {
        set.on_judged(&job.labels, &JobEvent::Judged { good, slo }, cache);
    }
}

/// Dropped only when the job's code unwinds.
struct PanicGuard<'a, S: JobMetricSet>(&'a mut JobGuard<S>);

impl<S: JobMetricSet> Drop for PanicGuard<'_, S> {
    fn drop(&mut self) {
        self.0.end(&mut JobReport::at(JobEnd::of(JobStatus::Panicked)));
    }
}

impl JobReport {
    /// This end, of which nothing more is told.
    pub const fn at(end: JobEnd) -> Self {
        Self { end, output_size: None }
    }
}

/// Runs the body of an instrumented function. `describe` tells the end from what it returns.
#[doc(hidden)]
#[inline]
pub fn run<S: JobMetricSet, R>(
    guard: &mut JobGuard<S>,
    body: impl FnOnce() -> R,
    describe: impl FnOnce(&R) -> JobReport,
) -> R {
    let returned = guard.watch(body);
    guard.describe(&returned, describe);
    returned
}

impl<S: JobMetricSet> Drop for JobGuard<S> {
    fn drop(&mut self) {
        if let State::Active(job) = &self.state
            && !job.ended
        {
            let panicked = thread::panicking() && !job.unwinding;
            let status = if panicked { JobStatus::Panicked } else { JobStatus::Cancelled };
            self.end(&mut JobReport::at(JobEnd::of(status)));
        }
    }
}

impl<S: JobMetricSet> fmt::Debug for ActiveJob<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActiveJob").field("ended", &self.ended).finish_non_exhaustive()
    }
}

impl<S: JobMetricSet> fmt::Debug for JobGuard<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let running = matches!(&self.state, State::Active(job) if !job.ended);
        f.debug_struct("JobGuard").field("running", &running).finish()
    }
}

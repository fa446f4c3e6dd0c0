//! Jobs without the attribute: `start`, and the methods of `JobGuard`.

use std::{
    borrow::Cow,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::{Duration, SystemTime},
};

use osapi_metrics::{
    Counter, ErrorType, Histogram, JobGuard, JobMetricSet, JobMetrics, JobStatus, LabelSet,
    LabelValue, MetricSet, QueuedAt, UpDownCounter, instrumented_job,
};

use super::{
    Ends, active,
    steps::{catch_poll, panic_with, poll, wait},
    whole,
};
use crate::read_lines_with;

fn start(job_name: &'static str) -> JobGuard {
    JobMetrics::global().start(job_name)
}

/// The ends of all jobs of this name, of which no job runs any more. Without a handler, an end that
/// has not happened does not have a series.
///
/// # Panics
///
/// If a start does not have an end, an end does not have a duration, or a job is still active.
fn ends(job_name: &str) -> Ends {
    let reading = read_lines_with(job_name);
    let name = ("job_name", job_name);
    let ended = |status| {
        let labels = [name, ("status", status)];
        let ended = reading.number("osapi_jobs_completed_total", &labels).map_or(0, whole);
        let durations = reading.histogram("osapi_job_duration_seconds", &labels);
        assert_eq!(durations.map_or(0, |samples| samples.count), ended, "{job_name}, {status}");
        ended
    };
    let ends = Ends {
        completed: ended("completed"),
        failed: ended("failed"),
        timed_out: ended("timed_out"),
        cancelled: ended("cancelled"),
        panicked: ended("panicked"),
    };
    let started = reading.number("osapi_jobs_started_total", &[name]);
    assert_eq!(started.map(whole), Some(ends.sum()), "{job_name}: {ends:?}");
    assert_eq!(reading.number("osapi_jobs_active", &[name]), Some(0.0), "{job_name}: {ends:?}");
    ends
}

fn errors(job_name: &str, error_type: &str) -> Option<f64> {
    let labels = [("job_name", job_name), ("error_type", error_type)];
    read_lines_with(job_name).number("osapi_job_errors_total", &labels)
}

#[derive(Clone, Copy, Debug, LabelValue)]
enum Class {
    NotFound,
    Timeout,
}

#[derive(Debug, ErrorType)]
enum Error {
    Refused,
    #[error_type(timeout)]
    TooSlow,
    #[error_type(transparent)]
    Io(io::Error),
}

#[test]
fn a_guard_records_how_the_job_ends() {
    start("by_hand.ended").complete();
    assert_eq!(ends("by_hand.ended"), Ends { completed: 1, ..Ends::default() });

    start("by_hand.ended").fail("refused");
    start("by_hand.ended").fail(String::from("refused"));
    start("by_hand.ended").fail(Cow::Borrowed("refused"));
    start("by_hand.ended").fail(Class::NotFound);
    assert_eq!(errors("by_hand.ended", "refused"), Some(3.0));
    assert_eq!(errors("by_hand.ended", "not_found"), Some(1.0));
    assert_eq!(ends("by_hand.ended"), Ends { completed: 1, failed: 4, ..Ends::default() });

    start("by_hand.ended").fail("timeout");
    start("by_hand.ended").fail(Class::Timeout);
    assert_eq!(errors("by_hand.ended", "timeout"), Some(2.0));
    let expected = Ends { completed: 1, failed: 4, timed_out: 2, ..Ends::default() };
    assert_eq!(ends("by_hand.ended"), expected);

    drop(start("by_hand.ended"));
    assert_eq!(ends("by_hand.ended"), Ends { cancelled: 1, ..expected });
}

#[test]
fn a_result_decides_how_the_job_ended() {
    let finish = |result: Result<u8, Error>| start("by_hand.result").finish(&result);
    finish(Ok(1));
    finish(Err(Error::Refused));
    finish(Err(Error::TooSlow));
    finish(Err(Error::Io(io::ErrorKind::NotFound.into())));
    finish(Err(Error::Io(io::ErrorKind::TimedOut.into())));
    let expected = Ends { completed: 1, failed: 2, timed_out: 2, ..Ends::default() };
    assert_eq!(ends("by_hand.result"), expected);
    for (class, number) in
        [("refused", 1.0), ("too_slow", 1.0), ("not_found", 1.0), ("timeout", 1.0)]
    {
        assert_eq!(errors("by_hand.result", class), Some(number), "{class}");
    }
}

#[test]
fn a_job_is_active_until_its_guard_goes() {
    let number =
        |name| read_lines_with("by_hand.active").number(name, &[("job_name", "by_hand.active")]);
    assert_eq!(number("osapi_jobs_started_total"), None, "no handler, no series");
    let first = start("by_hand.active");
    let second = start("by_hand.active");
    assert_eq!(active("by_hand.active"), Some(2.0));
    assert_eq!(number("osapi_jobs_started_total"), Some(2.0));
    assert!(number("osapi_job_oldest_active_seconds") >= Some(0.0));
    first.complete();
    assert_eq!(active("by_hand.active"), Some(1.0));
    drop(second);
    assert_eq!(number("osapi_job_oldest_active_seconds"), None);
    let expected = Ends { completed: 1, cancelled: 1, ..Ends::default() };
    assert_eq!(ends("by_hand.active"), expected);
}

#[test]
fn a_panic_that_unwinds_through_a_guard_is_the_job_s() {
    let panicking = || {
        let _job = start("by_hand.panicked");
        panic_with("as asked")
    };
    catch_unwind(panicking).unwrap_err();
    assert_eq!(ends("by_hand.panicked"), Ends { panicked: 1, ..Ends::default() });
    // A panic that is caught before it reaches the guard does not count.
    let job = start("by_hand.panicked");
    catch_unwind(|| panic_with("caught")).unwrap_err();
    drop(job);
    let expected = Ends { panicked: 1, cancelled: 1, ..Ends::default() };
    assert_eq!(ends("by_hand.panicked"), expected);
}

/// Runs code while a panic unwinds.
struct WhileUnwinding<F: FnMut()>(F);

impl<F: FnMut()> Drop for WhileUnwinding<F> {
    fn drop(&mut self) {
        assert!(thread::panicking());
        (self.0)();
    }
}

fn while_unwinding(code: impl FnMut()) {
    let unwinding = AssertUnwindSafe(|| {
        let _code = WhileUnwinding(code);
        panic_with("not the job's")
    });
    catch_unwind(unwinding).unwrap_err();
}

#[test]
fn a_panic_that_was_there_before_is_not_the_job_s() {
    while_unwinding(|| drop(start("by_hand.unwinding")));
    assert_eq!(ends("by_hand.unwinding"), Ends { cancelled: 1, ..Ends::default() });
    while_unwinding(|| start("by_hand.unwinding").complete());
    while_unwinding(|| start("by_hand.unwinding").fail("refused"));
    let expected = Ends { completed: 1, failed: 1, cancelled: 1, ..Ends::default() };
    assert_eq!(ends("by_hand.unwinding"), expected);
    // Neither does a panic that begins before the call that ends the job.
    let mut job = Some(start("by_hand.unwinding"));
    while_unwinding(|| job.take().unwrap().complete());
    assert_eq!(ends("by_hand.unwinding"), Ends { completed: 2, ..expected });
}

/// A wait as a broker reports it that counts the age of its messages.
struct Age(u64);

impl QueuedAt for Age {
    fn waited(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.0))
    }
}

#[test]
fn a_guard_takes_what_else_is_known() {
    let name = ("job_name", "by_hand.known");
    let job = start("by_hand.known").queued_at(Age(3)).attempt(1_u8, false);
    job.output_size(1000);
    job.complete();
    start("by_hand.known").queued_at(None::<SystemTime>).attempt(2_i64, true).complete();
    start("by_hand.known").queued_at(Some(Age(4))).attempt(Some(3_u64), true).fail("refused");
    drop(start("by_hand.known").attempt(4_usize, true));
    start("by_hand.known").attempt(5_u32, false).fail("timeout");
    start("by_hand.known").attempt(None::<u32>, true).fail("timeout");
    start("by_hand.known").queued_at(SystemTime::UNIX_EPOCH - Duration::from_secs(1)).complete();

    let reading = read_lines_with(name.1);
    let wait = reading.histogram("osapi_job_queue_wait_seconds", &[name]).unwrap();
    assert_eq!((wait.count, wait.sum), (2, 7.0));
    let output = reading.histogram("osapi_job_output_size_bytes", &[name]).unwrap();
    assert_eq!((output.count, output.sum), (1, 1000.0));
    for (status, count, sum) in
        [("completed", 2, 3.0), ("failed", 1, 3.0), ("cancelled", 1, 4.0), ("timed_out", 1, 5.0)]
    {
        let attempts = reading.histogram("osapi_job_attempts", &[name, ("status", status)]);
        let attempts = attempts.map(|attempts| (attempts.count, attempts.sum));
        assert_eq!(attempts, Some((count, sum)), "{status}");
    }
    assert_eq!(reading.number("osapi_job_retries_total", &[name]), Some(4.0));
    assert_eq!(reading.number("osapi_jobs_dead_lettered_total", &[name]), Some(2.0));
}

async fn in_a_future(job_name: &'static str, awaits: usize, panics: bool) {
    let job = start(job_name);
    wait(awaits).await;
    if panics {
        panic_with("as asked");
    }
    job.complete();
}

#[test]
fn a_guard_is_kept_across_awaits() {
    let mut complete = Box::pin(in_a_future("by_hand.future", 2, false));
    let mut dropped = Box::pin(in_a_future("by_hand.future", 2, false));
    let mut panicking = Box::pin(in_a_future("by_hand.future", 1, true));
    assert!(poll(complete.as_mut()).is_pending());
    assert!(poll(dropped.as_mut()).is_pending());
    assert!(poll(panicking.as_mut()).is_pending());
    assert_eq!(active("by_hand.future"), Some(3.0));
    assert!(catch_poll(panicking.as_mut()).is_err());
    assert_eq!(active("by_hand.future"), Some(2.0));
    drop(dropped);
    assert!(poll(complete.as_mut()).is_pending());
    assert!(poll(complete.as_mut()).is_ready());
    let expected = Ends { completed: 1, cancelled: 1, panicked: 1, ..Ends::default() };
    assert_eq!(ends("by_hand.future"), expected);
}

#[test]
fn a_guard_may_end_on_another_thread() {
    let job = start("by_hand.moved");
    thread::spawn(move || job.complete()).join().unwrap();
    let job = start("by_hand.moved");
    thread::spawn(move || drop(job)).join().unwrap();
    let job = start("by_hand.moved");
    let panicking = thread::spawn(move || {
        let _job = job;
        panic_with("as asked")
    });
    panicking.join().unwrap_err();
    // The job went on in another thread while the first thread panicked.
    let mut elsewhere = None;
    while_unwinding(|| elsewhere = Some(start("by_hand.moved")));
    drop(elsewhere);
    let expected = Ends { completed: 1, cancelled: 2, panicked: 1, ..Ends::default() };
    assert_eq!(ends("by_hand.moved"), expected);
}

#[test]
fn a_name_may_be_made_at_run_time() {
    for number in [1, 2, 1] {
        JobMetrics::global().start(format!("by_hand.{number}")).complete();
    }
    JobMetrics::global().start(Cow::Borrowed("by_hand.1")).complete();
    assert_eq!(ends("by_hand.1"), Ends { completed: 3, ..Ends::default() });
    assert_eq!(ends("by_hand.2"), Ends { completed: 1, ..Ends::default() });
}

#[test]
fn a_job_by_hand_and_one_of_a_handler_share_their_name() {
    #[instrumented_job(name = "by_hand.handled")]
    fn handled() {
        drop(start("by_hand.handled"));
    }
    handled();
    start("by_hand.handled").complete();
    let expected = Ends { completed: 2, cancelled: 1, ..Ends::default() };
    assert_eq!(ends("by_hand.handled"), expected);
}

#[derive(Clone, Debug, LabelSet)]
struct StepLabels {
    #[label(max = 20)]
    namespace: String,
}

#[derive(Debug, LabelSet)]
struct StepEndLabels {
    #[label(flatten)]
    step: StepLabels,
    #[label(job = status)]
    status: JobStatus,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "by_hand", job(labels = StepLabels))]
struct StepMetrics {
    /// Submitted.
    #[metric(on = created)]
    created_total: Counter<StepLabels>,
    /// Started.
    #[metric(on = started)]
    started_total: Counter<StepLabels>,
    /// Ended.
    #[metric(on = finished)]
    ended_total: Counter<StepEndLabels>,
    /// Running.
    #[metric(on = active)]
    running: UpDownCounter<StepLabels>,
    /// Time waited.
    #[metric(unit = "s", on = queue_wait)]
    wait_seconds: Histogram<StepLabels>,
}

#[test]
fn a_set_of_its_own_has_guards_too() {
    let labels = || StepLabels { namespace: "billing".to_owned() };
    let steps = StepMetrics::global();
    steps.created(&labels());
    steps.created(&labels());
    let step = steps.start(labels()).queued_at(Age(5));
    let number = |name| read_lines_with("by_hand_").number(name, &[("namespace", "billing")]);
    assert_eq!(number("by_hand_created_total"), Some(2.0));
    assert_eq!(number("by_hand_started_total"), Some(1.0));
    assert_eq!(number("by_hand_running"), Some(1.0));
    step.complete();
    steps.start(labels()).fail("timeout");
    drop(steps.start(labels()));
    let reading = read_lines_with("by_hand_");
    for status in ["completed", "timed_out", "cancelled"] {
        let labels = [("namespace", "billing"), ("status", status)];
        assert_eq!(reading.number("by_hand_ended_total", &labels), Some(1.0), "{status}");
    }
    assert_eq!(number("by_hand_created_total"), Some(2.0));
    assert_eq!(number("by_hand_started_total"), Some(3.0));
    assert_eq!(number("by_hand_running"), Some(0.0));
    let wait = reading.histogram("by_hand_wait_seconds", &[("namespace", "billing")]).unwrap();
    assert_eq!((wait.count, wait.sum), (1, 5.0));
}

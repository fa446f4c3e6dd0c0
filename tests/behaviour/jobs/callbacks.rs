//! Panics in expressions that describe a job: the job is not affected.

use std::{
    borrow::Cow,
    panic::{catch_unwind, panic_any},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Instant, SystemTime},
};

use osapi_metrics::{
    Counter, ErrorType, JobStatus, LabelSet, LabelValue, MetricSet, UpDownCounter,
    instrumented_job,
    jobs::{JobStage, OutputSize},
};

use super::{
    Ends, ends,
    steps::{completes_after, panic_with, wait},
    whole,
};
use crate::read;

/// The tests of this file take turns, because the count of panics is global. Few other tests count
/// panics.
pub(super) fn take_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The number of counted panics of expressions that describe a job.
pub(super) fn panics() -> u64 {
    whole(read().number("osapi_metrics_job_expression_panics_total", &[]).unwrap())
}

fn no_time() -> SystemTime {
    panic_with("no time")
}

fn no_class(_: &String) -> &'static str {
    panic_with("no class")
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what sizes are taken of")]
fn no_size(_: &usize) -> usize {
    panic_with("no size")
}

#[instrumented_job(name = "callbacks.time", queued_at = no_time())]
fn start_at_no_time() -> u8 {
    1
}

#[instrumented_job(name = "callbacks.class", error_type = no_class)]
fn fail_without_a_class() -> Result<u8, String> {
    Err("the error".to_owned())
}

#[instrumented_job(name = "callbacks.size", output_size = no_size)]
fn succeed_without_a_size() -> Result<usize, String> {
    Ok(2)
}

#[instrumented_job(
    name = "callbacks.async",
    queued_at = no_time(),
    error_type = no_class,
    output_size = no_size,
)]
async fn describe_nothing(fails: bool) -> Result<usize, String> {
    wait(1).await;
    if fails { Err("the error".to_owned()) } else { Ok(3) }
}

#[test]
fn a_panic_in_a_description_of_a_job_is_counted_and_goes_no_further() {
    let _turn = take_turn();
    let before = panics();
    assert_eq!(start_at_no_time(), 1);
    assert_eq!(ends("callbacks.time"), Ends { completed: 1, ..Ends::default() });
    assert!(panics() > before);
    assert_eq!(fail_without_a_class(), Err("the error".to_owned()));
    assert_eq!(ends("callbacks.class"), Ends { failed: 1, ..Ends::default() });
    assert!(panics() >= before + 2);
    assert_eq!(succeed_without_a_size(), Ok(2));
    assert_eq!(ends("callbacks.size"), Ends { completed: 1, ..Ends::default() });
    assert!(panics() >= before + 3);

    // Two futures are polled, and one future ends: the expression of the start panicked twice.
    assert_eq!(completes_after(1, "callbacks.async", || describe_nothing(false)), Ok(3));
    assert!(panics() >= before + 6);

    let reading = read();
    for job_name in ["callbacks.time", "callbacks.async"] {
        let name = [("job_name", job_name)];
        assert_eq!(reading.histogram("osapi_job_queue_wait_seconds", &name), None, "{job_name}");
    }
    for job_name in ["callbacks.size", "callbacks.async"] {
        let name = [("job_name", job_name)];
        assert_eq!(reading.histogram("osapi_job_output_size_bytes", &name), None, "{job_name}");
    }
    let class = [("job_name", "callbacks.class"), ("error_type", "other")];
    assert_eq!(reading.number("osapi_job_errors_total", &class), Some(1.0));
}

#[instrumented_job(name = "callbacks.async_class", error_type = no_class)]
async fn fail_without_a_class_later() -> Result<usize, String> {
    wait(1).await;
    Err("the error".to_owned())
}

#[test]
fn a_task_whose_error_cannot_be_classed_has_failed() {
    let _turn = take_turn();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let task = runtime.spawn(fail_without_a_class_later());
    let failed = runtime.block_on(task).unwrap();
    assert_eq!(failed, Err("the error".to_owned()));
    assert_eq!(ends("callbacks.async_class"), Ends { failed: 1, ..Ends::default() });
}

fn no_number() -> u32 {
    panic_with("no number")
}

fn no_idea() -> bool {
    panic_with("no idea")
}

fn no_name(_: &String) -> &'static str {
    panic_with("no name")
}

#[instrumented_job(
    name = "callbacks.attempt",
    queued_at = SystemTime::now(),
    scheduled_at = no_time(),
    attempt = no_number(),
    final_attempt = no_idea(),
    error_name = no_name,
)]
fn attempt_nothing(fails: bool) -> Result<u8, String> {
    if fails { Err("the error".to_owned()) } else { Ok(6) }
}

#[test]
fn whatever_else_panics_is_not_known_of_the_job() {
    let _turn = take_turn();
    let before = panics();
    assert_eq!(attempt_nothing(false), Ok(6));
    assert!(panics() >= before + 3);
    assert_eq!(attempt_nothing(true), Err("the error".to_owned()));
    assert!(panics() >= before + 7);
    let expected = Ends { completed: 1, failed: 1, ..Ends::default() };
    assert_eq!(ends("callbacks.attempt"), expected);
    // Metrics whose expressions do not panic are recorded.
    let name = [("job_name", "callbacks.attempt")];
    let waits = read().histogram("osapi_job_queue_wait_seconds", &name).unwrap();
    assert_eq!(waits.count, 2);
}

/// An error whose `error_type` or `job_status` panics.
#[derive(Debug, PartialEq)]
struct Odd {
    has_class: bool,
}

impl ErrorType for Odd {
    fn error_type(&self) -> &'static str {
        if self.has_class { "odd" } else { panic_with("no class") }
    }

    fn job_status(&self) -> JobStatus {
        panic_with("no idea")
    }
}

#[derive(Debug, PartialEq, ErrorType)]
enum Transparent {
    #[error_type(transparent)]
    Odd(Odd),
}

#[instrumented_job(name = "callbacks.odd")]
fn fail_oddly(has_class: bool) -> Result<(), Odd> {
    Err(Odd { has_class })
}

#[instrumented_job(name = "callbacks.transparent")]
fn fail_transparently() -> Result<(), Transparent> {
    Err(Transparent::Odd(Odd { has_class: false }))
}

#[test]
fn an_error_that_panics_when_it_is_asked_is_other() {
    let _turn = take_turn();
    for has_class in [false, true] {
        assert_eq!(fail_oddly(has_class), Err(Odd { has_class }));
    }
    assert_eq!(fail_transparently(), Err(Transparent::Odd(Odd { has_class: false })));
    for (job_name, failed) in [("callbacks.odd", 2_u8), ("callbacks.transparent", 1)] {
        let expected = Ends { failed: u64::from(failed), ..Ends::default() };
        assert_eq!(ends(job_name), expected, "{job_name}");
        let class = [("job_name", job_name), ("error_type", "other")];
        let others = read().number("osapi_job_errors_total", &class);
        assert_eq!(others, Some(f64::from(failed)), "{job_name}");
    }
}

/// A payload that panics when it is dropped.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        panic!("the payload of a panic");
    }
}

#[instrumented_job(
    name = "callbacks.payload",
    queued_at = { if true { panic_any(Payload) } Instant::now() },
    output_size = |_: &u8| -> usize { panic_any(Payload) },
)]
fn burst() -> u8 {
    4
}

#[test]
fn payloads_that_panic_are_contained_too() {
    let _turn = take_turn();
    assert_eq!(burst(), 4);
    assert_eq!(ends("callbacks.payload"), Ends { completed: 1, ..Ends::default() });
}

#[derive(Clone, Debug, LabelSet)]
struct Labels {
    #[label(max = 10)]
    queue: Cow<'static, str>,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "callbacks", job(labels = Labels))]
struct CallbackMetrics {
    /// Started.
    #[metric(on = started)]
    started_total: Counter<Labels>,
    /// Ended.
    #[metric(on = finished)]
    ended_total: Counter<Labels>,
    /// Running.
    #[metric(on = active)]
    running: UpDownCounter<Labels>,
}

fn labels(queue: &'static str) -> Labels {
    if queue.is_empty() {
        panic_with("no queue");
    }
    Labels { queue: queue.into() }
}

#[instrumented_job(metrics = CallbackMetrics, labels = labels(queue))]
fn labelled(queue: &'static str) -> usize {
    queue.len()
}

#[instrumented_job(metrics = CallbackMetrics, labels = labels(queue))]
async fn labelled_later(queue: &'static str) -> usize {
    wait(1).await;
    queue.len()
}

#[test]
fn a_job_whose_labels_cannot_be_made_runs_unrecorded() {
    let _turn = take_turn();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let later = |queue| runtime.block_on(labelled_later(queue));
    assert_eq!((labelled(""), later("")), (0, 0));
    let started = || read().label_values("callbacks_started_total", "queue");
    assert!(started().is_empty(), "{:?}", started());
    assert_eq!((labelled("mail"), later("mail")), (4, 4));
    let reading = read();
    let mail = [("queue", "mail")];
    assert_eq!(reading.number("callbacks_started_total", &mail), Some(2.0));
    assert_eq!(reading.number("callbacks_ended_total", &mail), Some(2.0));
    assert_eq!(reading.number("callbacks_running", &mail), Some(0.0));
    assert_eq!(started().len(), 1);
}

/// A size that panics when it is converted to a number.
struct OddSize;

impl OutputSize for OddSize {
    fn bytes(self) -> u64 {
        panic_with("no number")
    }
}

#[instrumented_job(name = "callbacks.odd_size", output_size = |_: &u8| OddSize)]
fn produce() -> u8 {
    5
}

#[test]
fn a_size_that_is_no_number_is_none() {
    let _turn = take_turn();
    assert_eq!(produce(), 5);
    assert_eq!(ends("callbacks.odd_size"), Ends { completed: 1, ..Ends::default() });
}

/// A label whose conversion panics for a job that does not complete.
#[derive(Clone, Copy, Debug, LabelValue)]
enum Progress {
    Started,
    Completed,
}

impl From<JobStage<'_>> for Progress {
    fn from(stage: JobStage<'_>) -> Self {
        match stage {
            JobStage::Ended(end) if end.status == JobStatus::Completed => Self::Completed,
            JobStage::Ended(_) => panic_with("no progress"),
            _ => Self::Started,
        }
    }
}

#[derive(Debug, LabelSet)]
#[label(job(labels = Unlabelled))]
struct ProgressLabels {
    #[label(job = stage)]
    progress: Progress,
}

#[derive(Clone, Debug, LabelSet)]
struct Unlabelled {}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "callbacks", job(labels = Unlabelled))]
struct ProgressMetrics {
    /// Jobs, by how far they are.
    #[metric(name = "callbacks_progress_total", on = [started, finished])]
    progress: Counter<ProgressLabels>,
    /// Jobs that ended, counted after that.
    #[metric(name = "callbacks_progress_ended_total", on = finished)]
    ended: Counter,
    /// Jobs that run.
    #[metric(name = "callbacks_progress_running", on = active)]
    running: UpDownCounter,
}

#[instrumented_job(metrics = ProgressMetrics, labels = Unlabelled {})]
fn progress(error: Option<&'static str>) -> Result<(), &'static str> {
    match error {
        Some("panic") => panic_with("the job's own"),
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Also while a panic of the job unwinds, where a second panic would abort the process.
#[test]
fn labels_that_cannot_be_made_from_an_end_are_missed_alone() {
    let _turn = take_turn();
    let before = panics();
    assert_eq!(progress(None), Ok(()));
    assert_eq!(progress(Some("error")), Err("error"));
    let panic = catch_unwind(|| progress(Some("panic"))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"the job's own"));

    let reading = read();
    let progress = |of| reading.number("callbacks_progress_total", &[("progress", of)]);
    assert_eq!((progress("started"), progress("completed")), (Some(3.0), Some(1.0)));
    assert_eq!(reading.number("callbacks_progress_ended_total", &[]), Some(3.0));
    assert_eq!(reading.number("callbacks_progress_running", &[]), Some(0.0));
    assert!(panics() >= before + 2);
}

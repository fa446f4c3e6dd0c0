//! Errors that are no failures: `benign` variants, `ok_if` and `cancelled_if`.

use std::{
    borrow::Cow,
    error::Error,
    fmt, io,
    time::{Duration, Instant},
};

use futures_util::{Stream, StreamExt, stream};
use osapi_metrics::{
    Counter, ErrorType, JobMetrics, JobStatus, LabelSet, LabelValue, MetricSet, instrumented_job,
    jobs::{JobLabels, JobStage},
};

use super::{
    Ends,
    callbacks::{panics, take_turn},
    ends,
    errors::errors,
    steps::{panic_with, wait},
};
use crate::{read, read_lines_with};

#[derive(Clone, Copy, Debug, ErrorType, PartialEq)]
enum SyncError {
    /// Nothing has changed since the last time.
    #[error_type(benign)]
    NothingToDo,
    #[error_type(rename = "conflict", benign)]
    ChangedMeanwhile,
    Refused,
    #[error_type(timeout)]
    Late,
}

use SyncError::{ChangedMeanwhile, Late, NothingToDo, Refused};

impl fmt::Display for SyncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Error for SyncError {}

const ALL: [SyncError; 4] = [NothingToDo, ChangedMeanwhile, Refused, Late];

/// The number of counted errors of a job, by their class.
fn classes(job_name: &str) -> Vec<(String, f64)> {
    let reading = read_lines_with(job_name);
    let classes = reading.label_values("osapi_job_errors_total", "error_type");
    let number = |class: &str| {
        let labels = [("job_name", job_name), ("error_type", class)];
        reading.number("osapi_job_errors_total", &labels)
    };
    classes.into_iter().filter_map(|class| Some((class.clone(), number(&class)?))).collect()
}

fn one_of_each(classes: &[&str]) -> Vec<(String, f64)> {
    classes.iter().map(|class| ((*class).to_owned(), 1.0)).collect()
}

#[instrumented_job(name = "no_failures.sync", slo(latency = "10m", target = 0.9))]
fn synchronize(error: SyncError) -> Result<(), SyncError> {
    Err(error)
}

#[instrumented_job(name = "no_failures.async", final_attempt = true)]
async fn synchronize_later(error: SyncError) -> Result<(), SyncError> {
    wait(1).await;
    Err(error)
}

#[tokio::test]
async fn a_benign_variant_is_no_failure() {
    for error in ALL {
        assert_eq!(synchronize(error), Err(error));
        assert_eq!(synchronize_later(error).await, Err(error));
    }
    let expected = Ends { completed: 2, failed: 1, timed_out: 1, ..Ends::default() };
    for job_name in ["no_failures.sync", "no_failures.async"] {
        assert_eq!(ends(job_name), expected, "{job_name}");
        assert_eq!(classes(job_name), one_of_each(&["late", "refused"]), "{job_name}");
    }
    let reading = read();
    let number = |name, job_name| reading.number(name, &[("job_name", job_name)]);
    assert_eq!(number("osapi_job_slo_valid_total", "no_failures.sync"), Some(4.0));
    assert_eq!(number("osapi_job_slo_good_total", "no_failures.sync"), Some(2.0));
    assert_eq!(number("osapi_jobs_dead_lettered_total", "no_failures.async"), Some(2.0));
}

#[derive(Debug, ErrorType)]
enum Outer {
    #[error_type(transparent)]
    Sync(SyncError),
    #[error_type(transparent)]
    Any(Box<dyn Error + Send + Sync>),
    #[error_type(transparent)]
    Io(io::Error),
}

#[instrumented_job(name = "no_failures.transparent")]
fn transparent(error: Outer) -> Result<(), Outer> {
    Err(error)
}

#[instrumented_job(name = "no_failures.anyhow")]
async fn report(error: anyhow::Error) -> anyhow::Result<()> {
    Err(error)
}

#[instrumented_job(name = "no_failures.generic")]
fn generic<T, E: ErrorType>(result: Result<T, E>) -> Result<T, E> {
    result
}

#[tokio::test]
async fn a_benign_error_inside_of_another_is_found() {
    for error in [
        Outer::Sync(NothingToDo),
        Outer::Any(NothingToDo.into()),
        Outer::Io(io::Error::other(NothingToDo)),
        Outer::Sync(Refused),
        Outer::Io(io::Error::other(Refused)),
    ] {
        transparent(error).unwrap_err();
    }
    assert_eq!(
        ends("no_failures.transparent"),
        Ends { completed: 3, failed: 2, ..Ends::default() }
    );
    assert_eq!(errors("no_failures.transparent", "nothing_to_do"), None);

    for error in [NothingToDo, Late] {
        report(anyhow::Error::new(error).context("while it synchronized")).await.unwrap_err();
    }
    assert_eq!(ends("no_failures.anyhow"), Ends { completed: 1, timed_out: 1, ..Ends::default() });

    generic(Err::<(), _>(Box::new(NothingToDo))).unwrap_err();
    generic(Err::<(), _>(&Refused)).unwrap_err();
    assert_eq!(ends("no_failures.generic"), Ends { completed: 1, failed: 1, ..Ends::default() });
}

#[test]
fn a_job_without_the_attribute_asks_the_error_too() {
    for error in [NothingToDo, Refused] {
        JobMetrics::global().start("no_failures.by_hand").finish(&Err::<(), _>(error));
    }
    let reading = read_lines_with("no_failures.by_hand");
    let ended = |status| {
        let labels = [("job_name", "no_failures.by_hand"), ("status", status)];
        reading.number("osapi_jobs_completed_total", &labels)
    };
    assert_eq!(["completed", "failed", "cancelled"].map(ended), [Some(1.0), Some(1.0), None]);
    assert_eq!(classes("no_failures.by_hand"), one_of_each(&["refused"]));
}

#[instrumented_job(name = "no_failures.ok_if", ok_if = |error: &SyncError| *error == Late)]
fn ok_if(error: SyncError) -> Result<(), SyncError> {
    Err(error)
}

#[instrumented_job(name = "no_failures.cancelled_if", cancelled_if = |error| *error == Late)]
async fn cancelled_if(error: SyncError) -> Result<(), SyncError> {
    Err(error)
}

#[instrumented_job(
    name = "no_failures.both",
    ok_if = |error| matches!(error, NothingToDo | Refused),
    cancelled_if = |error| matches!(error, ChangedMeanwhile | Refused),
)]
fn both(error: SyncError) -> Result<(), SyncError> {
    Err(error)
}

/// `ok_if` answers for the variants; what `cancelled_if` recognises is cancelled, whatever else is
/// said of it.
#[tokio::test]
async fn a_closure_wins_over_the_variants() {
    for error in ALL {
        assert_eq!(ok_if(error), Err(error));
        assert_eq!(cancelled_if(error).await, Err(error));
        assert_eq!(both(error), Err(error));
    }
    assert_eq!(ends("no_failures.ok_if"), Ends { completed: 1, failed: 3, ..Ends::default() });
    let failures = ["conflict", "nothing_to_do", "refused"];
    assert_eq!(classes("no_failures.ok_if"), one_of_each(&failures));

    let expected = Ends { completed: 2, failed: 1, cancelled: 1, ..Ends::default() };
    assert_eq!(ends("no_failures.cancelled_if"), expected);
    assert_eq!(classes("no_failures.cancelled_if"), one_of_each(&["refused"]));

    let expected = Ends { completed: 1, cancelled: 2, timed_out: 1, ..Ends::default() };
    assert_eq!(ends("no_failures.both"), expected);
    assert_eq!(classes("no_failures.both"), one_of_each(&["late"]));
}

#[instrumented_job(
    name = "no_failures.classified",
    error_type = |error: &String| error.clone(),
    ok_if = |error| error.starts_with("snooze"),
    cancelled_if = |error| error == "shutdown",
)]
fn classified(error: &str) -> Result<u8, String> {
    if error.is_empty() { Ok(1) } else { Err(error.to_owned()) }
}

/// The closure for the class stands for the whole type of the error.
#[instrumented_job(name = "no_failures.only_classified", error_type = |_: &SyncError| "own_class")]
fn only_classified(error: SyncError) -> Result<(), SyncError> {
    Err(error)
}

/// An error that is a failure by the closure, and a timeout by its class.
#[instrumented_job(name = "no_failures.class_timeout", ok_if = |error: &TimeOut| error.0)]
fn class_timeout(is_ok: bool) -> Result<(), TimeOut> {
    Err(TimeOut(is_ok))
}

#[derive(Debug)]
struct TimeOut(bool);

impl ErrorType for TimeOut {
    fn error_type(&self) -> &'static str {
        "timeout"
    }

    fn job_status(&self) -> JobStatus {
        JobStatus::Completed
    }
}

#[test]
fn classes_are_beside_the_closures() {
    for error in ["", "snooze", "snooze until noon", "shutdown", "timeout", "odd one"] {
        drop(classified(error));
    }
    let expected = Ends { completed: 3, failed: 1, timed_out: 1, cancelled: 1, panicked: 0 };
    assert_eq!(ends("no_failures.classified"), expected);
    assert_eq!(classes("no_failures.classified"), one_of_each(&["odd one", "timeout"]));

    only_classified(NothingToDo).unwrap_err();
    assert_eq!(ends("no_failures.only_classified"), Ends { failed: 1, ..Ends::default() });

    for is_ok in [true, false] {
        class_timeout(is_ok).unwrap_err();
    }
    let expected = Ends { completed: 1, timed_out: 1, ..Ends::default() };
    assert_eq!(ends("no_failures.class_timeout"), expected);
}

#[instrumented_job(
    name = "no_failures.panics",
    ok_if = |error: &SyncError| if *error == Late { panic_with("no idea") } else { true },
    cancelled_if = |error| if *error == Refused { panic_with("no idea") } else { false },
)]
fn panicking_closures(error: SyncError) -> Result<(), SyncError> {
    Err(error)
}

#[instrumented_job(name = "no_failures.panics_async", ok_if = |_| panic_with("no idea"))]
async fn panicking_later(error: SyncError) -> Result<(), SyncError> {
    wait(1).await;
    Err(error)
}

#[tokio::test]
#[expect(clippy::await_holding_lock, reason = "the test runs on a thread of its own")]
async fn a_closure_that_panics_has_not_recognised_the_error() {
    let _turn = take_turn();
    let before = panics();
    for error in [NothingToDo, Refused, Late] {
        assert_eq!(panicking_closures(error), Err(error));
        assert_eq!(panicking_later(error).await, Err(error));
    }
    let expected = Ends { completed: 2, timed_out: 1, ..Ends::default() };
    assert_eq!(ends("no_failures.panics"), expected);
    // The variant is benign, but the closure that is asked instead has no answer.
    let expected = Ends { failed: 2, timed_out: 1, ..Ends::default() };
    assert_eq!(ends("no_failures.panics_async"), expected);
    assert!(panics() >= before + 5);
}

#[instrumented_job(name = "no_failures.stream", item_errors)]
fn items(items: Vec<Result<u8, SyncError>>) -> impl Stream<Item = Result<u8, SyncError>> {
    stream::iter(items)
}

#[instrumented_job(
    name = "no_failures.stream_closures",
    item_errors,
    ok_if = |error: &SyncError| *error == Refused,
    cancelled_if = |error| *error == Late,
)]
fn items_with_closures(
    items: Vec<Result<u8, SyncError>>,
) -> impl Stream<Item = Result<u8, SyncError>> {
    stream::iter(items)
}

#[tokio::test]
async fn an_item_that_is_no_failure_does_not_end_a_stream() {
    items(vec![Err(NothingToDo), Ok(1), Err(ChangedMeanwhile)]).collect::<Vec<_>>().await;
    items(vec![Err(NothingToDo), Err(Refused), Ok(2)]).collect::<Vec<_>>().await;
    assert_eq!(ends("no_failures.stream"), Ends { completed: 1, failed: 1, ..Ends::default() });
    assert_eq!(classes("no_failures.stream"), one_of_each(&["refused"]));

    items_with_closures(vec![Err(Refused), Ok(1)]).collect::<Vec<_>>().await;
    items_with_closures(vec![Err(Refused), Err(Late), Err(NothingToDo)]).collect::<Vec<_>>().await;
    items_with_closures(vec![Err(NothingToDo)]).collect::<Vec<_>>().await;
    let expected = Ends { completed: 1, failed: 1, cancelled: 1, ..Ends::default() };
    assert_eq!(ends("no_failures.stream_closures"), expected);
    assert_eq!(classes("no_failures.stream_closures"), one_of_each(&["nothing_to_do"]));
}

#[instrumented_job(
    name = "no_failures.late",
    slo(latency = "5ms", target = 0.9),
    ok_if = |error: &&str| *error == "snooze",
    cancelled_if = |error| *error == "shutdown",
)]
fn take(time: Duration, error: &'static str) -> Result<(), &'static str> {
    let start = Instant::now();
    while start.elapsed() < time {
        std::thread::yield_now();
    }
    Err(error)
}

#[test]
fn an_error_that_is_no_failure_never_counts_against_the_objective() {
    let judged = || {
        let reading = read_lines_with("no_failures.late");
        let names = ["osapi_job_slo_valid_total", "osapi_job_slo_good_total"];
        names.map(|name| reading.number(name, &[("job_name", "no_failures.late")]))
    };
    for error in ["snooze", "shutdown"] {
        take(Duration::from_millis(6), error).unwrap_err();
    }
    assert_eq!(judged(), [Some(0.0), Some(0.0)]);
    take(Duration::ZERO, "refused").unwrap_err();
    assert_eq!(judged(), [Some(1.0), Some(0.0)]);
}

/// How a job went, with an end that its metrics do not have by themselves.
#[derive(Clone, Copy, Debug, LabelValue)]
enum Progress {
    Started,
    Done,
    Snoozed,
    Failed,
}

impl From<JobStage<'_>> for Progress {
    fn from(stage: JobStage<'_>) -> Self {
        match stage {
            JobStage::Ended(end) => match (end.status, end.error_type.as_deref()) {
                (JobStatus::Completed, Some("snooze")) => Self::Snoozed,
                (JobStatus::Completed, _) => Self::Done,
                _ => Self::Failed,
            },
            _ => Self::Started,
        }
    }
}

#[derive(Clone, Debug, LabelSet)]
struct ProgressLabels {
    #[label(flatten)]
    job: JobLabels,
    #[label(job = stage)]
    progress: Progress,
}

#[derive(Clone, Debug, LabelSet)]
struct ErrorLabels {
    #[label(flatten)]
    job: JobLabels,
    #[label(max = 3, job = error_type)]
    error_type: Cow<'static, str>,
    #[label(max = 3, job = error_name)]
    error_name: Cow<'static, str>,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "no_failures", job(labels = JobLabels))]
struct ProgressMetrics {
    /// Jobs, by their progress.
    #[metric(name = "no_failures_progress_total", on = [started, finished])]
    progress: Counter<ProgressLabels>,
    /// Ends with an error, by its class.
    #[metric(name = "no_failures_errors_total", on = finished)]
    errors: Counter<ErrorLabels>,
}

#[instrumented_job(
    metrics = ProgressMetrics,
    labels = JobLabels { job_name: "no_failures.progress".into() },
    error_type = |error: &&'static str| *error,
    error_name = |error| *error,
    ok_if = |error| *error == "snooze",
    cancelled_if = |error| *error == "shutdown",
)]
fn progress(error: &'static str) -> Result<(), &'static str> {
    if error.is_empty() { Ok(()) } else { Err(error) }
}

#[test]
fn a_label_from_the_stage_shows_which_error_it_was() {
    for error in ["", "snooze", "snooze", "refused", "shutdown"] {
        assert_eq!(progress(error).is_ok(), error.is_empty());
    }
    let reading = read();
    let number = |progress| {
        let labels = [("job_name", "no_failures.progress"), ("progress", progress)];
        reading.number("no_failures_progress_total", &labels)
    };
    assert_eq!(
        ["started", "done", "snoozed", "failed"].map(number),
        [Some(5.0), Some(1.0), Some(2.0), Some(2.0)]
    );
    assert_eq!(reading.label_values("no_failures_errors_total", "error_type"), ["refused"]);
    assert_eq!(reading.label_values("no_failures_errors_total", "error_name"), ["refused"]);
}

//! The time of the last success of a job.

use std::{
    panic::catch_unwind,
    time::{Duration, Instant, SystemTime},
};

use osapi_metrics::{Gauge, JobMetrics, LabelSet, MetricSet, exposition::Format, instrumented_job};
use osapi_metrics_tests::{
    otlp_receiver::Value,
    scrape::{self, parse},
};

use super::{
    Ends, ends,
    steps::{panic_with, poll, wait},
};
use crate::{RUNTIME, read_lines_with};

/// More than the error of the wall clock: the clock is compared once a second, and the machine may
/// be busy meanwhile.
const DOUBT: f64 = 1.0;

/// Seconds since 1970.
fn date() -> f64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs_f64()
}

fn last_success(job_name: &str) -> Option<f64> {
    read_lines_with(job_name)
        .number("osapi_job_last_success_timestamp_seconds", &[("job_name", job_name)])
}

/// Waits a few milliseconds, a difference that the gauge would show.
fn let_time_pass() {
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(5) {
        std::hint::spin_loop();
    }
}

#[instrumented_job(
    name = "last_success.job",
    error_type = |error: &&'static str| *error,
)]
async fn job(fails: Option<&'static str>) -> Result<(), &'static str> {
    wait(1).await;
    match fails {
        None => Ok(()),
        Some("panic") => panic_with("as asked"),
        Some(error) => Err(error),
    }
}

/// Runs a job with every end but success.
fn fail() {
    for error in ["failed", "timeout", "panic"] {
        let run = || {
            let mut job = Box::pin(job(Some(error)));
            while poll(job.as_mut()).is_pending() {}
        };
        assert_eq!(catch_unwind(run).is_err(), error == "panic");
    }
    let mut dropped = Box::pin(job(None));
    assert!(poll(dropped.as_mut()).is_pending());
}

#[tokio::test]
async fn only_success_has_a_date_and_keeps_it() {
    assert_eq!(last_success("last_success.job"), None);
    fail();
    assert_eq!(last_success("last_success.job"), None, "absent before the first");

    let before = date();
    job(None).await.unwrap();
    let first = last_success("last_success.job").unwrap();
    let after = date();
    assert!(before - DOUBT <= first && first <= after + DOUBT, "{before} {first} {after}");
    assert_eq!(format!("{first:.3}").parse(), Ok(first), "to the millisecond");

    let_time_pass();
    fail();
    assert_eq!(last_success("last_success.job"), Some(first));
    let_time_pass();
    job(None).await.unwrap();
    let second = last_success("last_success.job").unwrap();
    assert!(first < second && second <= date() + DOUBT, "{first} {second}");
    let expected = Ends { completed: 2, failed: 2, timed_out: 2, cancelled: 2, panicked: 2 };
    assert_eq!(ends("last_success.job"), expected);
}

#[test]
fn both_text_formats_show_the_same_date() {
    JobMetrics::global().start("last_success.formats").complete();
    let name = "osapi_job_last_success_timestamp_seconds";
    let [open_metrics, text] =
        [(Format::OpenMetrics, scrape::Format::OpenMetrics), (Format::Text, scrape::Format::Text)]
            .map(|(render, format)| {
                let scrape = parse(&RUNTIME.render(render), format);
                let family = &scrape[name];
                assert_eq!(family.kind, "gauge");
                let labels = [("job_name".to_owned(), "last_success.formats".to_owned())];
                match family.series[&labels.into()] {
                    Value::Number(number) => Some(number),
                    Value::Histogram { .. } => panic!("{family:?}"),
                }
            });
    assert_eq!(open_metrics, text);
    assert!(open_metrics.is_some_and(|shown| (shown - date()).abs() < 600.0), "{open_metrics:?}");
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Queue {
    queue: bool,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "last_success", job(labels = Queue))]
struct SuccessMetrics {
    /// Of each queue.
    #[metric(unit = "s", on = last_success)]
    queue_timestamp_seconds: Gauge<Queue>,
    /// Of all.
    #[metric(unit = "s", on = last_success)]
    any_timestamp_seconds: Gauge,
}

#[test]
fn a_set_of_its_own_shows_the_date() {
    #[instrumented_job(metrics = SuccessMetrics, labels = Queue { queue })]
    fn succeed(queue: bool, succeeds: bool) -> Option<()> {
        // A job that finds nothing succeeds.
        succeeds.then_some(())
    }
    #[instrumented_job(metrics = SuccessMetrics, labels = Queue { queue })]
    fn fail(queue: bool) -> Result<(), bool> {
        Err(queue)
    }
    let shown = || {
        let reading = read_lines_with("last_success_");
        let name = "last_success_queue_timestamp_seconds";
        let of = |queue| reading.number(name, &[("queue", queue)]);
        (of("true"), of("false"), reading.number("last_success_any_timestamp_seconds", &[]))
    };
    fail(true).unwrap_err();
    assert_eq!(shown(), (None, None, None));
    succeed(true, false);
    let (first, none, any) = shown();
    assert_eq!((none, any), (None, first));
    assert!(first.is_some_and(|first| (first - date()).abs() < 600.0), "{first:?}");
    let_time_pass();
    succeed(false, true);
    let (unchanged, second, any) = shown();
    assert_eq!((unchanged, any), (first, second));
    assert!(second > first, "{first:?} {second:?}");
}

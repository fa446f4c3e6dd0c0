//! Service-level objectives of jobs: the jobs that count as good, and the metrics of objectives.

use std::{
    io,
    time::{Duration, Instant},
};

use osapi_metrics::{
    Counter, Gauge, Histogram, InstallError, JobMetrics, LabelSet, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
    instrumented_job,
};

use super::every_end::{ENDS, End, come_to, run};
use crate::read_lines_with;

/// The number of jobs that count for the objective, and the number of good jobs.
fn judged(job_name: &str) -> (Option<f64>, Option<f64>) {
    let reading = read_lines_with(job_name);
    let number = |name| reading.number(name, &[("job_name", job_name)]);
    (number("osapi_job_slo_valid_total"), number("osapi_job_slo_good_total"))
}

#[instrumented_job(name = "objectives.job", slo(latency = "10m", target = 0.95))]
async fn job(end: End) -> io::Result<()> {
    come_to(end).await
}

#[test]
fn a_job_is_good_if_it_completes_and_counts_unless_it_is_cancelled() {
    assert_eq!(judged("objectives.job"), (Some(0.0), Some(0.0)));
    for (end, expected) in [
        (End::Hang, (0.0, 0.0)),
        (End::Complete, (1.0, 1.0)),
        (End::Fail, (2.0, 1.0)),
        (End::TimeOut, (3.0, 1.0)),
        (End::Panic, (4.0, 1.0)),
        (End::Complete, (5.0, 2.0)),
    ] {
        run(job(end));
        assert_eq!(judged("objectives.job"), (Some(expected.0), Some(expected.1)), "{end:?}");
    }
}

#[instrumented_job(name = "objectives.never_called", slo(latency = "500ms", target = 0.999))]
#[expect(dead_code, reason = "an objective is known before anybody calls the handler")]
fn never_called() {}

#[instrumented_job(name = "objectives.none")]
fn without_objective() {}

#[test]
fn an_objective_is_shown_from_the_start() {
    without_objective();
    let shown = |job_name: &str| {
        let reading = read_lines_with(job_name);
        let names = ["osapi_job_slo_target_ratio", "osapi_job_slo_latency_seconds"];
        names.map(|name| reading.number(name, &[("job_name", job_name)]))
    };
    assert_eq!(shown("objectives.never_called"), [Some(0.999), Some(0.5)]);
    assert_eq!(judged("objectives.never_called"), (Some(0.0), Some(0.0)));
    assert_eq!(shown("objectives.job"), [Some(0.95), Some(600.0)]);
    assert_eq!(shown("objectives.none"), [None, None]);
    assert_eq!(judged("objectives.none"), (None, None));
}

#[test]
fn jobs_that_are_started_by_hand_have_no_objective() {
    JobMetrics::global().start("objectives.by_hand").complete();
    assert_eq!(judged("objectives.by_hand"), (None, None));
}

/// A set with a boundary that every job exceeds.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "objectives", job(labels = Case))]
struct ObjectiveMetrics {
    /// Time taken.
    #[metric(unit = "s", buckets = [1e-9, 600], on = duration)]
    duration_seconds: Histogram<Case>,
    /// Count.
    #[metric(on = slo_valid)]
    valid_total: Counter<Case>,
    /// Good among them.
    #[metric(on = slo_good)]
    good_total: Counter<Case>,
    /// Share of good ones that is aimed at.
    #[metric(unit = "1", on = slo_target)]
    target_ratio: Gauge<Case>,
    /// Time that good ones take at most.
    #[metric(unit = "s", on = slo_latency)]
    latency_seconds: Gauge<Case>,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Case {
    #[label(max = 10)]
    case: &'static str,
}

#[instrumented_job(
    metrics = ObjectiveMetrics,
    labels = Case { case: "late" },
    slo(latency = "1ns", target = 0.5),
)]
async fn late(end: End) -> io::Result<()> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_micros(1) {
        std::hint::spin_loop();
    }
    come_to(end).await
}

#[instrumented_job(
    metrics = ObjectiveMetrics,
    labels = Case { case: "in time" },
    slo(latency = "600s", target = 0.5),
)]
async fn in_time(end: End) -> io::Result<()> {
    come_to(end).await
}

#[test]
fn a_job_that_ends_too_late_is_bad_whatever_its_end() {
    for (end, _) in ENDS {
        run(late(end));
        run(in_time(end));
    }
    let reading = read_lines_with("objectives_");
    let judged = |case| {
        let number = |name| reading.number(name, &[("case", case)]);
        (number("objectives_valid_total"), number("objectives_good_total"))
    };
    assert_eq!(judged("late"), (Some(5.0), Some(0.0)));
    assert_eq!(judged("in time"), (Some(4.0), Some(1.0)));
    // The series begins with the first job, because the job defines its labels.
    let objective = |case| {
        let number = |name| reading.number(name, &[("case", case)]);
        (number("objectives_target_ratio"), number("objectives_latency_seconds"))
    };
    assert_eq!(objective("late"), (Some(0.5), Some(1e-9)));
    assert_eq!(objective("in time"), (Some(0.5), Some(600.0)));
    // The buckets show the same number.
    let buckets = |case| reading.histogram("objectives_duration_seconds", &[("case", case)]);
    assert_eq!(buckets("late").unwrap().buckets, [0, 5, 0]);
    assert_eq!(buckets("in time").unwrap().buckets.iter().sum::<u64>(), 5);
}

/// A set with boundaries of its own under two names.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "objectives", job(labels = Case), allow(non_base_units))]
struct ConfiguredMetrics {
    /// Time taken.
    #[metric(name = "objectives.configured", unit = "ms", buckets = [250, 1000], on = duration)]
    duration: Histogram<Case>,
    /// Count.
    #[metric(on = slo_valid)]
    configured_valid_total: Counter<Case>,
}

#[instrumented_job(
    metrics = ConfiguredMetrics,
    labels = Case { case: "configured" },
    slo(latency = "250ms", target = 0.9),
)]
#[expect(dead_code, reason = "known nevertheless")]
fn configured() {}

fn install(metric: &str, boundaries: &[f64]) -> Result<Metrics, InstallError> {
    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.buckets.insert(metric.to_owned(), boundaries.to_vec());
    Metrics::builder().config(config).environment(Environment::default()).install()
}

#[test]
fn configured_boundaries_that_hide_an_objective_are_refused() {
    let line = include_str!("objectives.rs").lines().position(|line| line == "fn configured() {}");
    let place = format!("objectives.rs:{}, ", line.unwrap() + 1);
    for name in ["objectives.configured", "objectives_configured_milliseconds"] {
        let error = install(name, &[100.0, 1000.0]).unwrap_err();
        assert!(matches!(&error, InstallError::Buckets { metric, .. } if metric == name));
        let message = error.to_string();
        let key = format!("telemetry.metrics.buckets.{name}: ");
        for part in [&key, "`configured`", &place, "250ms", "add it"] {
            assert!(message.contains(part), "{part}: {message}");
        }
        drop(install(name, &[100.0, 250.0]).unwrap());
    }
    // Also the histogram of the framework, which shows the objectives of many handlers.
    let error = install("osapi_job_duration_seconds", &[1.0, 1000.0]).unwrap_err();
    assert!(matches!(&error, InstallError::Buckets { .. }), "{error:?}");
}

//! Boundaries that a handler has of its own for the durations of its jobs.

use osapi_metrics::{
    Histogram, JobMetrics, JobStatus, LabelSet, LabelValue, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
    instrumented_job,
    testing::capture,
};

use crate::read;

const DURATION: &str = "osapi_job_duration_seconds";
const DEFAULT: [f64; 16] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0,
];
const HOURS: &[f64] = &[60.0, 3600.0, 14_400.0];

/// The boundaries and the number of samples of a series.
fn series(name: &str, labels: &[(&str, &str)]) -> (Vec<f64>, u64) {
    let histogram = read().histogram(name, labels).expect("the series has samples");
    assert_eq!(histogram.buckets.iter().sum::<u64>(), histogram.count);
    (histogram.bounds, histogram.count)
}

fn durations(job_name: &str, status: &str) -> (Vec<f64>, u64) {
    series(DURATION, &[("job_name", job_name), ("status", status)])
}

#[instrumented_job(name = "buckets.quick", buckets = [0.01, 0.1, 1.0, 60.0])]
fn quick(succeeds: bool) -> Result<(), &'static str> {
    if succeeds { Ok(()) } else { Err("failed") }
}

#[instrumented_job(name = "buckets.slow", buckets = HOURS, slo(latency = "4h", target = 0.9))]
async fn slow() {}

#[instrumented_job(name = "buckets.usual")]
fn usual() {}

#[tokio::test]
async fn each_handler_has_its_boundaries() {
    for succeeds in [true, true, false] {
        let _ = quick(succeeds);
    }
    slow().await;
    usual();
    let own = vec![0.01, 0.1, 1.0, 60.0];
    assert_eq!(durations("buckets.quick", "completed"), (own.clone(), 2));
    assert_eq!(durations("buckets.quick", "failed"), (own, 1));
    assert_eq!(durations("buckets.slow", "completed"), (HOURS.to_vec(), 1));
    assert_eq!(durations("buckets.usual", "completed"), (DEFAULT.to_vec(), 1));
}

struct Reports;

#[instrumented_job(prefix = "buckets.reports", buckets = [1, 10])]
impl Reports {
    fn daily(&self) {
        let _ = self;
    }

    #[instrumented_job(buckets = [100])]
    fn yearly(&self) {
        let _ = self;
    }
}

#[test]
fn a_block_gives_its_methods_boundaries_unless_they_have_their_own() {
    Reports.daily();
    Reports.yearly();
    assert_eq!(durations("buckets.reports.daily", "completed"), (vec![1.0, 10.0], 1));
    assert_eq!(durations("buckets.reports.yearly", "completed"), (vec![100.0], 1));
}

#[instrumented_job(name = "buckets.by_hand", buckets = [0.5])]
fn after_a_job_by_hand() {}

#[test]
fn a_series_that_has_samples_keeps_its_boundaries() {
    // The boundaries of early samples are open until a runtime is installed.
    read();
    JobMetrics::global().start("buckets.by_hand").complete();
    after_a_job_by_hand();
    assert_eq!(durations("buckets.by_hand", "completed"), (DEFAULT.to_vec(), 2));
}

#[derive(Clone, Copy, Debug, LabelValue)]
enum Kind {
    Short,
    Long,
    Usual,
    Shared,
}

#[derive(Clone, Debug, LabelSet)]
struct ClosedLabels {
    kind: Kind,
}

#[derive(Clone, Debug, LabelSet)]
struct OpenLabels {
    #[label(max = 2)]
    kind: &'static str,
}

#[derive(Debug, LabelSet)]
struct OpenEndLabels {
    #[label(flatten)]
    of: OpenLabels,
    #[label(job = status)]
    status: JobStatus,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "own_buckets", job(labels = ClosedLabels))]
struct ClosedMetrics {
    /// Durations.
    #[metric(unit = "s", buckets = [5, 50], on = duration)]
    closed_seconds: Histogram<ClosedLabels>,
    /// Waits.
    #[metric(unit = "s", buckets = [5, 50], on = queue_wait)]
    closed_wait_seconds: Histogram<ClosedLabels>,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "own_buckets", job(labels = OpenLabels), allow(non_base_units))]
struct OpenMetrics {
    /// Durations.
    #[metric(unit = "ms", buckets = [5, 50], on = duration)]
    open_milliseconds: Histogram<OpenEndLabels, u64>,
}

#[instrumented_job(
    metrics = ClosedMetrics,
    labels = ClosedLabels { kind: Kind::Short },
    buckets = [0.25],
    queued_at = queued,
)]
fn short(queued: std::time::Instant) {
    let _ = queued;
}

#[instrumented_job(
    metrics = ClosedMetrics, labels = ClosedLabels { kind: Kind::Long }, buckets = [250, 2500],
)]
fn long() {}

#[instrumented_job(metrics = ClosedMetrics, labels = ClosedLabels { kind })]
fn of_kind(kind: Kind) {}

#[instrumented_job(
    metrics = ClosedMetrics, labels = ClosedLabels { kind: Kind::Shared }, buckets = [1],
)]
fn first_of_two() {}

#[instrumented_job(
    metrics = ClosedMetrics, labels = ClosedLabels { kind: Kind::Shared }, buckets = [2],
)]
fn second_of_two() {}

#[test]
fn closed_series_of_a_set_have_the_boundaries_of_their_handlers() {
    for _ in 0..3 {
        short(std::time::Instant::now());
        long();
        of_kind(Kind::Usual);
    }
    let of = |kind| series("own_buckets_closed_seconds", &[("kind", kind)]);
    assert_eq!(of("short"), (vec![0.25], 3));
    assert_eq!(of("long"), (vec![250.0, 2500.0], 3));
    assert_eq!(of("usual"), (vec![5.0, 50.0], 3));
    // The boundaries are those of durations alone.
    let wait = series("own_buckets_closed_wait_seconds", &[("kind", "short")]);
    assert_eq!(wait, (vec![5.0, 50.0], 3));
}

#[test]
fn the_first_of_two_handlers_that_share_a_series_decides() {
    first_of_two();
    second_of_two();
    of_kind(Kind::Shared);
    assert_eq!(series("own_buckets_closed_seconds", &[("kind", "shared")]), (vec![1.0], 3));
}

#[instrumented_job(metrics = OpenMetrics, labels = OpenLabels { kind }, buckets = [7, 70, 700])]
fn open(kind: &'static str) {}

#[test]
fn open_series_of_a_set_have_the_boundaries_of_their_handler_up_to_the_limit() {
    let before = read().number(
        "osapi_metrics_overflowed_samples_total",
        &[("metric", "own_buckets_open_milliseconds")],
    );
    for kind in ["a", "b", "c", "a", "c"] {
        open(kind);
    }
    let name = "own_buckets_open_milliseconds";
    let of = |kind| series(name, &[("kind", kind), ("status", "completed")]);
    assert_eq!(of("a"), (vec![7.0, 70.0, 700.0], 2));
    assert_eq!(of("b"), (vec![7.0, 70.0, 700.0], 1));
    // The series of all others belongs to no handler.
    assert_eq!(series(name, &[("otel_metric_overflow", "true")]), (vec![5.0, 50.0], 2));
    let after = read().number(
        "osapi_metrics_overflowed_samples_total",
        &[("metric", "own_buckets_open_milliseconds")],
    );
    let overflowed = after.unwrap_or_default() - before.unwrap_or_default();
    assert_eq!(overflowed.to_string(), "2");
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "own_buckets", job(labels = ConfiguredLabels))]
struct ConfiguredMetrics {
    /// Durations.
    #[metric(unit = "s", buckets = [5, 50], on = duration)]
    configured_seconds: Histogram<ConfiguredLabels>,
}

#[derive(Clone, Debug, LabelSet)]
struct ConfiguredLabels {
    own: bool,
}

#[instrumented_job(
    metrics = ConfiguredMetrics, labels = ConfiguredLabels { own: true }, buckets = [9],
)]
fn configured_with_own() {}

#[instrumented_job(metrics = ConfiguredMetrics, labels = ConfiguredLabels { own: false })]
fn configured() {}

#[test]
fn configured_boundaries_are_those_of_the_other_series() {
    configured_with_own();
    configured();
    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.buckets.insert("own_buckets_configured_seconds".to_owned(), vec![6.0, 66.0]);
    let builder = Metrics::builder().config(config).environment(Environment::default());
    let metrics = builder.install().unwrap();
    configured_with_own();
    configured();
    let of = |own| series("own_buckets_configured_seconds", &[("own", own)]);
    assert_eq!(of("true"), (vec![9.0], 2));
    assert_eq!(of("false"), (vec![6.0, 66.0], 2));
    metrics.shutdown().unwrap();
}

#[test]
fn a_capture_has_the_boundaries_of_the_handler_and_those_in_common() {
    let captured = capture(|| {
        let _ = quick(true);
        usual();
    });
    let of = |job_name| captured.histogram(DURATION, &[("job_name", job_name)]);
    let bounds = |histogram: osapi_metrics::testing::CapturedHistogram| -> Vec<f64> {
        histogram.buckets.iter().map(|(upper, _)| *upper).collect()
    };
    let infinite = f64::INFINITY;
    assert_eq!(bounds(of("buckets.quick")), [0.01, 0.1, 1.0, 60.0, infinite]);
    assert_eq!(bounds(of("buckets.usual")).len(), DEFAULT.len() + 1);
    let both = captured.histogram(DURATION, &[]);
    assert_eq!(both.count, 2);
    assert_eq!(both.buckets.iter().map(|(_, count)| count).sum::<u64>(), 2);
    assert_eq!(bounds(both), [0.01, 0.1, 1.0, 60.0, infinite]);
}

#[test]
fn the_catalogue_has_the_boundaries_of_handlers() {
    let document = crate::RUNTIME.catalogue().document();
    let boundaries = |name: &str| {
        let job = document.jobs.iter().find(|job| job.name == name).expect("a handler");
        job.boundaries.clone()
    };
    assert_eq!(boundaries("buckets.quick"), Some(vec![0.01, 0.1, 1.0, 60.0]));
    assert_eq!(boundaries("buckets.slow"), Some(HOURS.to_vec()));
    assert_eq!(boundaries("buckets.usual"), None);
}

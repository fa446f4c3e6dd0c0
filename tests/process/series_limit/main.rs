//! The limit of the series of a metric with open labels, which belongs to the process.

use osapi_metrics::{Counter, Histogram, LabelSet, MetricSet, Metrics, config::MetricsConfig};
use osapi_metrics_tests::reading::Reading;

#[derive(LabelSet)]
struct Member {
    #[label(max = 12_000)]
    member: usize,
}

/// Metrics with more values than the default limit.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "limited")]
struct Limited {
    /// Counted.
    #[metric(max_series = 12_000)]
    jobs_total: Counter<Member>,
    /// Samples.
    #[metric(unit = "s", buckets = [1], max_series = 12_000)]
    wait_seconds: Histogram<Member>,
}

const OVERFLOW: &[(&str, &str)] = &[("otel_metric_overflow", "true")];

fn record(members: std::ops::Range<usize>) {
    for member in members {
        Limited::global().jobs_total.with(Member { member }).inc();
        Limited::global().wait_seconds.with(Member { member }).record(0.5);
    }
}

fn install(open_series_limit: usize) -> Metrics {
    let mut config = MetricsConfig::default();
    config.open_series_limit = open_series_limit;
    let builder = Metrics::builder().config(config).enabled(true);
    builder.environment(osapi_metrics::config::Environment::default()).install().unwrap()
}

/// The value of the overflow series of both metrics.
fn overflowed(metrics: &Metrics) -> [Option<f64>; 2] {
    let reading = Reading::of_lines_with("otel_metric_overflow", metrics);
    let samples = reading.histogram("limited_wait_seconds", OVERFLOW);
    [reading.number("limited_jobs_total", OVERFLOW), samples.map(|samples| samples.sum * 2.0)]
}

#[test]
fn the_configuration_sets_the_most_series_of_a_metric() {
    let metrics = install(MetricsConfig::default().open_series_limit);
    record(0..10_000);
    assert_eq!(overflowed(&metrics), [None; 2]);
    record(10_000..10_003);
    assert_eq!(overflowed(&metrics), [Some(3.0); 2]);
    drop(metrics);

    let metrics = install(11_000);
    record(10_000..11_000);
    assert_eq!(overflowed(&metrics), [Some(3.0); 2], "there is room for 1,000 more");
    record(11_000..11_001);
    assert_eq!(overflowed(&metrics), [Some(4.0); 2]);
    drop(metrics);

    // A lower limit ends no series.
    let metrics = install(10);
    record(0..1);
    assert_eq!(overflowed(&metrics), [Some(4.0); 2]);
    record(11_001..11_002);
    assert_eq!(overflowed(&metrics), [Some(5.0); 2]);
    let reading = Reading::of_lines_with("member=\"0\"", &metrics);
    assert_eq!(reading.number("limited_jobs_total", &[("member", "0")]), Some(2.0));
    drop(metrics);

    // What a metric declares is still its limit.
    let metrics = install(1_000_000);
    record(11_000..12_001);
    assert_eq!(overflowed(&metrics), [Some(6.0); 2]);
}

//! Recording before a runtime is installed.

use osapi_metrics::{Counter, Gauge, Histogram, MetricSet, UpDownCounter, config::MetricsConfig};
use osapi_metrics_tests::reading::{self, Reading};

use super::{install, readers::KeptReader};

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "early")]
struct Early {
    /// Counted.
    jobs_total: Counter,
    /// Added.
    queued: UpDownCounter<(), f64>,
    /// Set.
    level: Gauge,
    /// Recorded now and then.
    #[metric(unit = "s", buckets = [1, 2, 4])]
    rare_seconds: Histogram,
    /// Recorded often, in fractions.
    #[metric(unit = "s", buckets = [0, 10, 100])]
    frequent_seconds: Histogram,
    /// Recorded often, in whole numbers.
    #[metric(unit = "By", buckets = [10, 100])]
    frequent_bytes: Histogram<(), u64>,
    /// Recorded often, with other boundaries in the configuration.
    #[metric(unit = "s", buckets = [10, 100])]
    reconfigured_seconds: Histogram,
}

#[test]
fn sums_and_values_are_kept() {
    let early = Early::global();
    early.jobs_total.add(3);
    early.queued.add(-1.5);
    early.level.set(0.25);
    early.rare_seconds.record(2.0);
    early.rare_seconds.record(7.0);
    assert_eq!((early.jobs_total.get(), early.queued.get()), (3, -1.5));
    assert_eq!(early.level.get(), Some(0.25));
    let seconds = early.rare_seconds.get();
    assert_eq!((seconds.count, seconds.sum, seconds.max), (2, 9.0, Some(7.0)));

    let metrics = install(MetricsConfig::default()).unwrap();
    let reading = Reading::of(&metrics);
    assert_eq!(reading.number("early_jobs_total", &[]), Some(3.0));
    assert_eq!(reading.number("early_queued", &[]), Some(-1.5));
    assert_eq!(reading.number("early_level", &[]), Some(0.25));
    let expected = reading::Histogram {
        count: 2,
        sum: 9.0,
        bounds: vec![1.0, 2.0, 4.0],
        buckets: vec![0, 1, 0, 1],
    };
    assert_eq!(reading.histogram("early_rare_seconds", &[]), Some(expected));
}

#[test]
fn a_thousand_samples_keep_count_sum_extremes_and_buckets() {
    // Quarters, so that every sum is exact.
    for sample in 0..1_000_u32 {
        Early::global().frequent_seconds.record(f64::from(sample) / 4.0 - 50.0);
    }
    // Several at each boundary.
    for sample in 1..=1_000 {
        Early::global().frequent_bytes.record(sample / 5 * 5);
    }
    let reader = KeptReader::new();
    let metrics = osapi_metrics::Metrics::builder()
        .enabled(true)
        .environment(osapi_metrics::config::Environment::default())
        .reader(reader.clone())
        .install()
        .unwrap();

    let seconds = reader.histogram("early_frequent_seconds");
    assert_eq!((seconds.count, seconds.sum), (1_000, 74_875.0));
    assert_eq!((seconds.min, seconds.max), (Some(-50.0), Some(199.75)));
    assert_eq!(seconds.buckets, [201, 40, 360, 399]);

    let bytes = reader.histogram("early_frequent_bytes");
    assert_eq!((bytes.count, bytes.sum), (1_000, 498_500.0));
    assert_eq!((bytes.min, bytes.max), (Some(0.0), Some(1_000.0)));
    assert_eq!(bytes.buckets, [14, 90, 896]);

    // Later samples are added.
    Early::global().frequent_bytes.record(2_000);
    let bytes = reader.histogram("early_frequent_bytes");
    assert_eq!((bytes.sum, bytes.max), (500_500.0, Some(2_000.0)));
    metrics.shutdown().unwrap();
}

/// Other tests have installed runtimes before, so that the samples are in buckets already: they are
/// counted as if they were equal to the upper boundaries.
#[test]
fn samples_from_before_are_counted_in_configured_buckets() {
    let seconds = &Early::global().reconfigured_seconds;
    for sample in [1.0, 20.0, 30.0, 200.0] {
        seconds.record(sample);
    }
    let mut config = MetricsConfig::default();
    config.buckets.insert("early_reconfigured_seconds".to_owned(), vec![25.0, 150.0]);
    let metrics = install(config).unwrap();
    let read = || Reading::of(&metrics).histogram("early_reconfigured_seconds", &[]).unwrap();
    let before = read();
    assert_eq!((before.count, before.sum), (4, 251.0));
    assert_eq!(before.bounds, [25.0, 150.0]);
    assert_eq!(before.buckets.iter().sum::<u64>(), 4);
    for sample in [20.0, 30.0, 40.0, 200.0] {
        seconds.record(sample);
    }
    let (after, mut expected) = (read(), before.buckets);
    for (bucket, more) in expected.iter_mut().zip([1, 2, 1]) {
        *bucket += more;
    }
    assert_eq!((after.count, after.sum, after.buckets), (8, 541.0, expected));
}

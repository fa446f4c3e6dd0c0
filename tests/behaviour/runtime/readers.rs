//! Readers and views that a user adds.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use opentelemetry::{KeyValue, Value, metrics::MeterProvider};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{
        Aggregation, InstrumentKind, ManualReader, Pipeline, Stream, Temporality,
        data::{
            AggregatedMetrics, HistogramDataPoint, Metric, MetricData, ResourceMetrics,
            ScopeMetrics,
        },
        reader::MetricReader,
    },
};
use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, Metrics, ObservableGauge,
    config::{Environment, MetricsConfig},
    instrumented_job,
};
use osapi_metrics_tests::reading::Reading;

use super::install;

/// A reader that the test can collect with.
#[derive(Clone, Debug)]
pub(super) struct KeptReader(Arc<ReaderState>);

#[derive(Debug)]
struct ReaderState {
    reader: ManualReader,
    shut_down: AtomicBool,
    collects_at_shutdown: AtomicBool,
}

/// One series of a histogram, with minimum and maximum, which only a reader receives.
#[derive(Debug)]
pub(super) struct Samples {
    pub(super) count: u64,
    pub(super) sum: f64,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) buckets: Vec<u64>,
}

impl KeptReader {
    pub(super) fn new() -> Self {
        Self(Arc::new(ReaderState {
            reader: ManualReader::builder().build(),
            shut_down: AtomicBool::new(false),
            collects_at_shutdown: AtomicBool::new(false),
        }))
    }

    /// Collects once more at the end, as readers that push do.
    pub(super) fn collect_at_shutdown(&self) {
        self.0.collects_at_shutdown.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_shut_down(&self) -> bool {
        self.0.shut_down.load(Ordering::Relaxed)
    }

    /// The only series of this histogram.
    pub(super) fn histogram(&self, name: &str) -> Samples {
        self.find_histogram(name, None).unwrap_or_else(|| panic!("{name} has no series"))
    }

    /// The series of this histogram with this label, if it has samples.
    pub(super) fn find_histogram(&self, name: &str, label: Option<(&str, i64)>) -> Option<Samples> {
        fn samples<T: Copy>(point: &HistogramDataPoint<T>, number: impl Fn(T) -> f64) -> Samples {
            Samples {
                count: point.count(),
                sum: number(point.sum()),
                min: point.min().map(&number),
                max: point.max().map(&number),
                buckets: point.bucket_counts().collect(),
            }
        }
        self.read(name, |data| match data {
            AggregatedMetrics::F64(MetricData::Histogram(histogram)) => {
                let mut points = histogram.data_points();
                let point = points.find(|point| has(point.attributes(), label))?;
                Some(samples(point, |number| number))
            }
            AggregatedMetrics::U64(MetricData::Histogram(histogram)) => {
                let mut points = histogram.data_points();
                let point = points.find(|point| has(point.attributes(), label))?;
                Some(samples(point, |number| number as f64))
            }
            other => panic!("{name}: {other:?}"),
        })
    }

    /// The series of this sum of integers with this label, if it has a value.
    pub(super) fn find_sum(&self, name: &str, label: Option<(&str, i64)>) -> Option<f64> {
        self.read(name, |data| match data {
            AggregatedMetrics::U64(MetricData::Sum(sum)) => {
                let mut points = sum.data_points();
                let point = points.find(|point| has(point.attributes(), label))?;
                Some(point.value() as f64)
            }
            AggregatedMetrics::I64(MetricData::Sum(sum)) => {
                let mut points = sum.data_points();
                let point = points.find(|point| has(point.attributes(), label))?;
                Some(point.value() as f64)
            }
            other => panic!("{name}: {other:?}"),
        })
    }

    fn read<R>(&self, name: &str, look: impl FnOnce(&AggregatedMetrics) -> Option<R>) -> Option<R> {
        let mut metrics = ResourceMetrics::default();
        self.collect(&mut metrics).unwrap();
        let mut all = metrics.scope_metrics().flat_map(ScopeMetrics::metrics);
        look(all.find(|metric| metric.name() == name).map(Metric::data)?)
    }
}

/// Whether attributes have a label; true without one.
fn has<'a>(mut attributes: impl Iterator<Item = &'a KeyValue>, label: Option<(&str, i64)>) -> bool {
    label.is_none_or(|(key, value)| {
        attributes.any(|label| label.key.as_str() == key && label.value == Value::I64(value))
    })
}

impl MetricReader for KeptReader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.reader.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.reader.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.reader.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shut_down.store(true, Ordering::Relaxed);
        if self.0.collects_at_shutdown.load(Ordering::Relaxed) {
            self.0.reader.collect(&mut ResourceMetrics::default())?;
        }
        self.0.reader.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.reader.temporality(kind)
    }
}

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum Colour {
    Red,
    Blue,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "readers")]
struct Viewed {
    /// Renamed by a view.
    old_total: Counter<Colour>,
    /// Left as it is.
    kept_total: Counter<Colour>,
    /// Given other boundaries by a view.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram<Colour>,
    /// Dropped by a view.
    dropped_total: Counter,
    /// Set, then cleared.
    cleared: Gauge<Colour>,
    /// Observed for a while.
    observed: ObservableGauge<Colour>,
    /// The only one that a view leaves.
    #[metric(unit = "s", buckets = [1])]
    left_seconds: Histogram,
}

#[test]
fn a_view_applies_to_its_instruments_and_no_others() {
    let viewed = Viewed::global();
    viewed.old_total.with(Colour::Red).add(2);
    viewed.kept_total.with(Colour::Blue).add(3);
    viewed.wait_seconds.with(Colour::Red).record(0.5);
    viewed.wait_seconds.with(Colour::Red).record(2.0);
    viewed.dropped_total.inc();
    let metrics = Metrics::builder()
        .enabled(true)
        .environment(Environment::default())
        .view(|instrument| {
            let renamed = Stream::builder().with_name("readers_new_total");
            (instrument.name() == "readers_old_total").then(|| renamed.build().unwrap())
        })
        .view(|instrument| {
            let boundaries = vec![0.25, 0.75];
            let aggregation = match instrument.name() {
                "readers_wait_seconds" => {
                    Aggregation::ExplicitBucketHistogram { boundaries, record_min_max: true }
                }
                "readers_dropped_total" => Aggregation::Drop,
                _ => return None,
            };
            Stream::builder().with_aggregation(aggregation).build().ok()
        })
        .install()
        .unwrap();

    let reading = Reading::of(&metrics);
    assert_eq!(reading.number("readers_new_total", &[("colour", "red")]), Some(2.0));
    assert_eq!(reading.number("readers_old_total", &[("colour", "red")]), None);
    assert_eq!(reading.number("readers_kept_total", &[("colour", "blue")]), Some(3.0));
    let wait = reading.histogram("readers_wait_seconds", &[("colour", "red")]).unwrap();
    assert_eq!((wait.count, wait.sum), (2, 2.5));
    assert_eq!(
        (wait.bounds.as_slice(), wait.buckets.as_slice()),
        (&[0.25, 0.75][..], &[0, 1, 1][..])
    );
    assert_eq!(reading.number("readers_dropped_total", &[]), None);
}

#[test]
fn a_view_that_drops_everything_else_leaves_a_histogram_all_its_samples() {
    let metrics = Metrics::builder()
        .enabled(true)
        .environment(Environment::default())
        .view(|instrument| {
            let dropped = || Stream::builder().with_aggregation(Aggregation::Drop).build().ok();
            if instrument.name() == "readers_left_seconds" { None } else { dropped() }
        })
        .install()
        .unwrap();
    for count in 1..3 {
        Viewed::global().left_seconds.record(0.5);
        let reading = Reading::of(&metrics);
        assert_eq!(reading.histogram("readers_left_seconds", &[]).unwrap().count, count);
        assert_eq!(reading.number("readers_kept_total", &[("colour", "red")]), None);
    }
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Lane {
    #[label(max = 3)]
    lane: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "readers", job(labels = Lane))]
struct Lanes {
    /// Durations.
    #[metric(unit = "s", buckets = [30, 300], on = duration)]
    lane_seconds: Histogram<Lane>,
}

#[instrumented_job(metrics = Lanes, labels = Lane { lane: 1 }, buckets = [900])]
fn with_own_boundaries() {}

#[instrumented_job(metrics = Lanes, labels = Lane { lane: 2 })]
fn without_own_boundaries() {}

#[test]
fn a_reader_has_the_boundaries_of_the_metric_for_every_handler() {
    let run = || {
        with_own_boundaries();
        without_own_boundaries();
    };
    run();
    let reader = KeptReader::new();
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    let metrics = builder.reader(reader.clone()).install().unwrap();
    run();
    for lane in [1, 2] {
        let seen = reader.find_histogram("readers_lane_seconds", Some(("lane", lane))).unwrap();
        assert_eq!((seen.count, seen.buckets), (2, vec![2, 0, 0]), "{lane}");
    }
    let reading = Reading::of(&metrics);
    let bounds = |lane| reading.histogram("readers_lane_seconds", &[("lane", lane)]).unwrap();
    assert_eq!((bounds("1").count, bounds("1").bounds), (2, vec![900.0]));
    assert_eq!((bounds("2").count, bounds("2").bounds), (2, vec![30.0, 300.0]));
}

#[test]
fn instruments_of_others_have_the_configured_limit() {
    let mut config = MetricsConfig::default();
    config.cardinality_limit = 4;
    let metrics = install(config).unwrap();
    let counter = metrics.provider().unwrap().meter("others").u64_counter("others.hits").build();
    for number in 0..10 {
        counter.add(1, &[KeyValue::new("number", number)]);
    }
    let reading = Reading::of(&metrics);
    assert_eq!(reading.label_values("others_hits_total", "number").len(), 5);
    let overflow = [("otel_metric_overflow", "true"), ("otel_scope_name", "others")];
    assert_eq!(reading.number("others_hits_total", &overflow), Some(6.0));
    // Metrics of `osapi-metrics` have the boundaries of their declarations.
    let sizes = reading.label_values("counters_untouched_total", "size");
    assert_eq!(sizes, ["large", "small"]);
}

#[test]
fn a_scrape_shows_no_value_that_is_gone_though_another_reader_saw_it() {
    let reader = KeptReader::new();
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    let metrics = builder.reader(reader.clone()).install().unwrap();
    let cleared = Viewed::global().cleared.with(Colour::Red);
    cleared.set(1.0);
    Viewed::global().cleared.with(Colour::Blue).set(2.0);
    let observation = Viewed::global().observed.with(Colour::Red).observe(|| 3.0);
    let _other = Viewed::global().observed.with(Colour::Blue).observe(|| 4.0);
    // Another reader collects first.
    reader.collect(&mut ResourceMetrics::default()).unwrap();
    cleared.clear();
    drop(observation);

    let reading = Reading::of(&metrics);
    assert_eq!(reading.label_values("readers_cleared", "colour"), ["blue"]);
    assert_eq!(reading.label_values("readers_observed", "colour"), ["blue"]);
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "readers_fixed", constant_labels(tier = "batch", shard = "eu"))]
struct Fixed {
    /// Renamed by a view.
    old_total: Counter<Colour>,
    /// Read without the SDK, and by the reader.
    kept_total: Counter<Colour>,
    /// Waits.
    #[metric(unit = "s", buckets = [1])]
    seconds: Histogram,
}

/// The attributes of each series.
fn attributes(data: &AggregatedMetrics) -> Vec<Vec<KeyValue>> {
    match data {
        AggregatedMetrics::F64(MetricData::Histogram(histogram)) => {
            histogram.data_points().map(|point| point.attributes().cloned().collect()).collect()
        }
        AggregatedMetrics::U64(MetricData::Sum(sum)) => {
            sum.data_points().map(|point| point.attributes().cloned().collect()).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn readers_and_views_have_the_constant_labels_of_a_set() {
    let fixed = Fixed::global();
    fixed.old_total.with(Colour::Red).inc();
    fixed.kept_total.with(Colour::Blue).inc();
    fixed.seconds.record(0.5);
    let reader = KeptReader::new();
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    let metrics = builder
        .reader(reader.clone())
        .view(|instrument| {
            let renamed = Stream::builder().with_name("readers_fixed_new_total");
            (instrument.name() == "readers_fixed_old_total").then(|| renamed.build().unwrap())
        })
        .install()
        .unwrap();
    fixed.seconds.record(2.0);
    let reading = Reading::of(&metrics);
    for name in ["readers_fixed_new_total", "readers_fixed_kept_total"] {
        assert_eq!(reading.label_values(name, "tier"), ["batch", "batch"], "{name}");
        assert_eq!(reading.label_values(name, "colour"), ["blue", "red"], "{name}");
    }
    let labels = [("tier", "batch"), ("shard", "eu")];
    assert_eq!(reading.histogram("readers_fixed_seconds", &labels).unwrap().count, 2);
    let mut collected = ResourceMetrics::default();
    reader.collect(&mut collected).unwrap();
    let all = collected.scope_metrics().flat_map(ScopeMetrics::metrics);
    let mut of_set: Vec<_> = all.filter(|m| m.name().starts_with("readers_fixed_")).collect();
    of_set.sort_by_key(|metric| metric.name().to_owned());
    let series: Vec<_> = of_set.iter().map(|metric| attributes(metric.data())).collect();
    assert_eq!(series.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    for attributes in series.iter().flatten() {
        for (key, text) in labels {
            assert!(attributes.contains(&KeyValue::new(key, text)), "{attributes:?}");
        }
    }
}

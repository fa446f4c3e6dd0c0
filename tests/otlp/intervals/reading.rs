//! What is read for an export of some of the metrics, and what other exporters see.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use opentelemetry::{KeyValue, metrics::MeterProvider};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{
        InstrumentKind, ManualReader, Pipeline, Temporality,
        data::{AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics, SumDataPoint},
        reader::MetricReader,
    },
};
use osapi_metrics::{
    Metrics,
    config::{Environment, OtlpInterval, OtlpProtocol},
    exposition::Format,
    roles::{Items, Level, RecordRoles},
    sampling::SharedReading,
};
use osapi_metrics_tests::{
    PROTOCOLS,
    otlp_receiver::{Export, OtlpReceiver},
};

use super::{COUNTERS, FAST, RhythmMetrics, RhythmRoles, count_each, of_three_rhythms, points};
use crate::{alone, beside_others, install};

/// Closures that return the number of the call, and with them the number of collections.
fn calls() -> impl Fn() -> u64 + Send + Sync + 'static {
    let calls = AtomicU64::new(0);
    move || calls.fetch_add(1, Ordering::Relaxed) + 1
}

/// The values of a gauge without labels in all exports.
fn values(receiver: &OtlpReceiver, name: &str) -> Vec<f64> {
    receiver.exports().iter().filter_map(|export| export.number(name, &[])).collect()
}

/// The numbers from 1, as many as there are values: each call has made one point.
fn is_call_for_each(values: &[f64]) -> bool {
    let calls: Vec<_> = (1..).take(values.len()).map(f64::from).collect();
    values == calls
}

#[test]
fn what_is_not_due_is_not_read() {
    // Other tests would read the instruments, too.
    let _alone = alone();
    for protocol in PROTOCOLS {
        let receiver = OtlpReceiver::start();
        let declared = RhythmMetrics::global();
        let (fast, slow) = (calls(), calls());
        let _observations = (
            declared.fast_calls.observe(move || fast() as f64),
            declared.slow_calls.observe(move || slow() as f64),
        );
        let mut config = of_three_rhythms(&receiver.url(), protocol);
        let others = OtlpInterval::new("others.slow", 9 * FAST).optional();
        config.otlp.intervals.push(others);
        let metrics = install(config);
        let of_other = calls();
        let meter = metrics.provider().unwrap().meter("others");
        let gauge = meter.u64_observable_gauge("others.slow");
        let _ = gauge.with_callback(move |gauge| gauge.observe(of_other(), &[])).build();

        metrics.flush().unwrap();
        receiver.await_export(|export| export.number("others.slow", &[]) >= Some(3.0));
        metrics.shutdown().unwrap();
        let [fast, slow, other] = ["rhythm_fast_calls", "rhythm_slow_calls", "others.slow"]
            .map(|name| values(&receiver, name));
        for values in [&fast, &slow, &other] {
            assert!(is_call_for_each(values), "{protocol:?} {values:?}");
        }
        assert_eq!(slow.len(), other.len(), "{protocol:?}");
        assert!(fast.len() > slow.len(), "{protocol:?} {fast:?} {slow:?}");
        assert_eq!(fast.len(), receiver.exports().len(), "{protocol:?}");

        // Each of them is an export of the metrics about metrics.
        let exports: Vec<_> = receiver.exports();
        let succeeded = |export: &Export| {
            export.number("osapi_metrics_exports_total", &[("outcome", "succeeded")])
        };
        let with_count: Vec<_> =
            exports.iter().enumerate().filter_map(|(nth, e)| Some((nth, succeeded(e)?))).collect();
        let [(first, at_first), (last, at_last)] = with_count[..] else {
            panic!("of the flush and the shutdown: {with_count:?}")
        };
        let counted = at_last - at_first;
        assert!((counted - (last - first) as f64).abs() < 0.5, "{protocol:?} {with_count:?}");
    }
}

#[test]
fn a_shared_reading_serves_the_metrics_that_are_due() {
    // Other tests would read the instruments, too.
    let _alone = alone();
    let receiver = OtlpReceiver::start();
    let number = calls();
    let reading = SharedReading::new(move || number() as f64);
    let observe = |level: &Level<Items>| {
        level.observe(reading.observation(|number, observer| observer.observe(&(), *number)))
    };
    let roles: RhythmRoles = RhythmMetrics::global().roles(&());
    let _observations = (observe(&roles.fast), observe(&roles.slow));
    let metrics = install(of_three_rhythms(&receiver.url(), OtlpProtocol::HttpProtobuf));
    receiver.await_exports(|exports| {
        exports.iter().filter(|export| export.metrics.contains_key("rhythm_slow_readings")).count()
            >= 3
    });
    metrics.shutdown().unwrap();
    let fast = values(&receiver, "rhythm_fast_readings");
    assert!(fast.windows(2).all(|pair| pair[0] < pair[1]), "a new reading each time: {fast:?}");
    let both: Vec<_> = receiver
        .exports()
        .iter()
        .filter_map(|export| {
            let fast = export.number("rhythm_fast_readings", &[])?;
            Some((fast, export.number("rhythm_slow_readings", &[])?))
        })
        .collect();
    // A slow machine may take longer than a reading may be old, for one of the collections.
    assert!(both.iter().any(|(fast, slow)| (fast - slow).abs() < 0.5), "{both:?}");
    assert!(both.iter().all(|(fast, slow)| (fast - slow).abs() <= 1.0), "{both:?}");
}

/// A reader that the test collects with.
#[derive(Clone, Debug)]
struct UserReader(Arc<ManualReader>);

impl UserReader {
    /// The sum of a test case.
    fn sum(&self, name: &str, case: &str) -> Option<u64> {
        let mut collected = ResourceMetrics::default();
        self.collect(&mut collected).unwrap();
        let mut metrics = collected.scope_metrics().flat_map(ScopeMetrics::metrics);
        let metric = metrics.find(|metric| metric.name() == name)?;
        let AggregatedMetrics::U64(MetricData::Sum(sum)) = metric.data() else { return None };
        let is_of_case = |label: &KeyValue| label.value.as_str() == case;
        let mut points = sum.data_points();
        points.find(|point| point.attributes().any(is_of_case)).map(SumDataPoint::value)
    }
}

impl MetricReader for UserReader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}

#[test]
fn other_exporters_have_every_metric_at_any_time() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    let mut config = of_three_rhythms(&receiver.url(), OtlpProtocol::Grpc);
    for entry in &mut config.otlp.intervals {
        entry.interval = Duration::from_secs(3600);
    }
    let reader = UserReader(Arc::new(ManualReader::builder().build()));
    let builder = Metrics::builder().config(config).environment(Environment::default());
    let metrics = builder.reader(reader.clone()).install().unwrap();
    for things in 1..=2 {
        count_each("others");
        let scrape = metrics.render(Format::OpenMetrics);
        for name in ["rhythm_fast_total", "rhythm_middle_things_total", "rhythm_slow_total"] {
            let line = format!("{name}{{case=\"others\"}} {things}");
            assert!(scrape.lines().any(|of_scrape| of_scrape == line), "{line} in {scrape}");
        }
        for name in COUNTERS {
            assert_eq!(reader.sum(name, "others"), Some(things), "{name}");
        }
    }
    assert!(receiver.exports().is_empty());
    metrics.flush().unwrap();
    let export = receiver.exports().pop().unwrap();
    assert_eq!(points(&export, "others"), [Some(2.0); 3], "once, though a reader has them too");
}

#[test]
fn the_catalogue_has_the_interval_of_each_metric() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    let mut config = of_three_rhythms(&receiver.url(), OtlpProtocol::Grpc);
    let metrics = install(config.clone());
    let catalogue = metrics.catalogue();
    for (name, interval) in [
        ("rhythm_fast_total", FAST),
        ("rhythm.middle.things.total", 3 * FAST),
        ("rhythm_middle_things_total", 3 * FAST),
        ("osapi_jobs_created_total", config.otlp.interval),
    ] {
        assert_eq!(catalogue.otlp_interval(name), Some(interval), "{name}");
    }
    assert!(catalogue.iter().all(|metric| catalogue.otlp_interval(metric.name).is_some()));
    assert_eq!(catalogue.otlp_interval("rhythm_fas_total"), None, "no such metric");
    config.otlp.enabled = false;
    let metrics = install(config);
    assert_eq!(metrics.catalogue().otlp_interval("rhythm_fast_total"), None, "no push");
}

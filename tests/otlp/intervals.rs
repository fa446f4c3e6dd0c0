//! Metrics with intervals of their own: which exports have them, and the periods of their points.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
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
    Counter, MetricSet, Metrics, ObservableGauge,
    config::{Environment, MetricsConfig, OtlpInterval, OtlpProtocol, OtlpTemporality},
    exposition::Format,
    roles::{Items, Level, RecordRoles},
    sampling::SharedReading,
};
use osapi_metrics_tests::{
    PROTOCOLS,
    otlp_receiver::{Behaviour, Export, OtlpReceiver, Period},
    over_every_protocol, pushing_to,
};

use crate::{CaseLabels, alone, beside_others, count, counted, install};

/// Metrics of three rhythms.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "rhythm", roles(of = RhythmRoles))]
struct RhythmMetrics {
    /// Things of the fast rhythm.
    fast_total: Counter<CaseLabels>,
    /// Things of the middle rhythm.
    #[metric(name = "rhythm.middle.things.total", unit = "{thing}")]
    middle: Counter<CaseLabels>,
    /// Things of the slow rhythm.
    slow_total: Counter<CaseLabels>,
    /// The number of the call that observed it.
    fast_calls: ObservableGauge,
    /// The number of the call that observed it.
    slow_calls: ObservableGauge,
    /// The number of the reading that it comes from.
    #[metric(on = fast)]
    fast_readings: ObservableGauge,
    /// The number of the reading that it comes from.
    #[metric(on = slow)]
    slow_readings: ObservableGauge,
}

#[derive(Debug, Default)]
struct RhythmRoles {
    fast: Level<Items>,
    slow: Level<Items>,
}

const FAST: Duration = Duration::from_millis(40);
const COUNTERS: [&str; 3] =
    ["rhythm_fast_total", "rhythm.middle.things.total", "rhythm_slow_total"];

/// A push of three rhythms, and of all other metrics once a day.
fn of_three_rhythms(url: &str, protocol: OtlpProtocol) -> MetricsConfig {
    let mut config = pushing_to(url, protocol);
    config.otlp.intervals = vec![
        OtlpInterval::new("rhythm_fast_*", FAST),
        OtlpInterval::new("rhythm.middle.*", 3 * FAST),
        OtlpInterval::new("rhythm_slow_*", 9 * FAST),
    ];
    config
}

fn labels(case: &str) -> CaseLabels {
    CaseLabels { case: case.to_owned() }
}

/// Counts one thing of each rhythm.
fn count_each(case: &str) {
    let metrics = RhythmMetrics::global();
    for counter in [&metrics.fast_total, &metrics.middle, &metrics.slow_total] {
        counter.with(labels(case)).inc();
    }
}

/// The points of each rhythm in an export.
fn points(export: &Export, case: &str) -> [Option<f64>; 3] {
    COUNTERS.map(|counter| export.number(counter, &[("case", case)]))
}

/// The rhythms that an export is of.
fn rhythms(export: &Export, case: &str) -> [bool; 3] {
    points(export, case).map(|point| point.is_some())
}

/// The values of a series in all exports, with their periods.
fn received(receivers: &[&OtlpReceiver], name: &str, case: &str) -> Vec<(Period, f64)> {
    let series = [("case".to_owned(), case.to_owned())].into();
    let mut received = Vec::new();
    for export in receivers.iter().flat_map(|receiver| receiver.exports()) {
        if let Some(value) = export.number(name, &[("case", case)]) {
            received.push((export.metrics[name].periods[&series], value));
        }
    }
    received.sort_by_key(|(period, _)| period.time);
    received
}

/// The differences of each rhythm follow each other without gaps and overlaps, and add up.
fn check_differences(receivers: &[&OtlpReceiver], case: &str, counted: u64) {
    for name in COUNTERS {
        let received = received(receivers, name, case);
        for pair in received.windows(2) {
            assert_eq!(pair[0].0.time, pair[1].0.start, "{case} {name}: {received:?}");
        }
        assert!(received.iter().all(|(period, _)| period.start < period.time), "{received:?}");
        let sum: f64 = received.iter().map(|(_, value)| value).sum();
        assert_eq!(sum, counted as f64, "{case} {name}: {received:?}");
    }
}

/// Counts while `during` runs. Returns how often.
fn while_counting(case: &str, during: impl FnOnce()) -> u64 {
    let has_ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let counting = scope.spawn(|| {
            let mut counted = 0;
            while !has_ended.load(Ordering::Relaxed) {
                count_each(case);
                counted += 1;
                thread::yield_now();
            }
            counted
        });
        during();
        has_ended.store(true, Ordering::Relaxed);
        counting.join().unwrap()
    })
}

#[test]
fn each_metric_is_pushed_at_its_own_rhythm() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} rhythms");
        let receiver = OtlpReceiver::start();
        count(&case, 1);
        count_each(&case);
        let metrics = install(of_three_rhythms(&receiver.url(), protocol));
        for expected in [[true, false, false], [true, true, false], [true, true, true]] {
            receiver.await_export(|export| rhythms(export, &case) == expected);
        }
        let of_rhythms = receiver.exports();
        for export in &of_rhythms {
            let rhythms = rhythms(export, &case);
            assert!(rhythms.is_sorted_by(|fast, slow| fast >= slow), "{protocol:?} {rhythms:?}");
            assert!(rhythms[0], "{protocol:?}: every export has the fastest rhythm");
            let names = export.metrics.keys().all(|name| name.starts_with("rhythm"));
            assert!(names, "{protocol:?} {:?}", export.metrics.keys());
        }

        metrics.flush().unwrap();
        receiver.await_export(|export| {
            counted(export, &case) == Some(1.0) && rhythms(export, &case) == [true; 3]
        });
        count_each(&case);
        count(&case, 1);
        metrics.shutdown().unwrap();
        receiver.await_export(|export| {
            counted(export, &case) == Some(2.0) && points(export, &case) == [Some(2.0); 3]
        });
        for name in COUNTERS {
            let received = received(&[&receiver], name, &case);
            let starts: Vec<_> = received.iter().map(|(period, _)| period.start).collect();
            assert!(starts.iter().all(|start| *start == starts[0]), "{protocol:?} {starts:?}");
        }
    });
}

#[test]
fn differences_of_each_rhythm_are_complete() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} differences");
        let receiver = OtlpReceiver::start();
        let mut config = of_three_rhythms(&receiver.url(), protocol);
        config.otlp.temporality = OtlpTemporality::Delta;
        let metrics = install(config);
        let counted = while_counting(&case, || {
            receiver.await_export(|export| rhythms(export, &case) == [true; 3]);
            // More exports fail than the fast rhythm has before the next one of the slow rhythm.
            receiver.behave(Behaviour::Status(400));
            receiver.await_tries(receiver.tries() + 12);
            let before = received(&[&receiver], COUNTERS[2], &case).len();
            receiver.behave(Behaviour::Accept);
            receiver.await_exports(|exports| {
                exports.iter().filter(|export| rhythms(export, &case)[2]).count() > before
            });
            metrics.flush().unwrap();
            let flushed = receiver.exports().len();
            receiver.await_exports(|exports| {
                let later = exports.iter().skip(flushed);
                later.filter(|export| rhythms(export, &case)[0]).count() >= 2
            });
        });
        metrics.shutdown().unwrap();
        check_differences(&[&receiver], &case, counted);
    });
}

/// A program that replaces its runtime has both for a moment.
#[test]
fn two_pushes_of_other_rhythms_repeat_nothing() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} two pushes");
        let receiver = OtlpReceiver::start();
        let mut config = of_three_rhythms(&receiver.url(), protocol);
        config.otlp.temporality = OtlpTemporality::Delta;
        let first = install(config.clone());
        config.otlp.intervals = vec![
            OtlpInterval::new("rhythm_slow_*", FAST / 2),
            OtlpInterval::new("rhythm*", 2 * FAST),
        ];
        let counted = while_counting(&case, || {
            receiver.await_export(|export| rhythms(export, &case)[0]);
            let second = install(config);
            let before = receiver.exports().len();
            receiver.await_exports(|exports| exports.len() >= before + 20);
            first.shutdown().unwrap();
            let before = receiver.exports().len();
            receiver.await_exports(|exports| exports.len() >= before + 5);
            second.shutdown().unwrap();
        });
        install(of_three_rhythms_once(&receiver.url(), protocol)).shutdown().unwrap();
        check_differences(&[&receiver], &case, counted);
    });
}

/// A push that exports only at its end.
fn of_three_rhythms_once(url: &str, protocol: OtlpProtocol) -> MetricsConfig {
    let mut config = pushing_to(url, protocol);
    config.otlp.temporality = OtlpTemporality::Delta;
    config
}

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
    values.iter().zip(1..).all(|(value, call)| *value == f64::from(call))
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
        assert_eq!(at_last - at_first, (last - first) as f64, "{protocol:?}");
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
    assert!(both.iter().any(|(fast, slow)| fast == slow), "{both:?}");
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

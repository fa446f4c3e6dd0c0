//! Push with every configuration, from programs with and without an async runtime.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use osapi_metrics::{
    Counter, Gauge, LabelSet, MetricSet, Metrics, ObservableCounter,
    config::{Environment, MetricsConfig, OtlpCompression, OtlpProtocol, OtlpTemporality, Secret},
    exposition::Format,
};
use osapi_metrics_tests::{
    otlp_receiver::{Export, Kind, OtlpReceiver, Temporality},
    over_every_protocol, pushing_to,
};

use crate::beside_others;

#[derive(Clone, Debug, LabelSet)]
struct CaseLabels {
    #[label(max = 100)]
    case: String,
}

/// Metrics of these tests.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "push")]
struct PushMetrics {
    /// Things, by test case.
    #[metric(unit = "{thing}")]
    things_total: Counter<CaseLabels>,

    /// Things counted elsewhere, by test case.
    #[metric(unit = "{thing}")]
    counted_elsewhere_total: ObservableCounter<CaseLabels>,

    /// A level, by test case.
    #[metric(unit = "{thing}")]
    level: Gauge<CaseLabels>,
}

fn install(config: MetricsConfig) -> Metrics {
    Metrics::builder().config(config).environment(Environment::default()).install().unwrap()
}

fn record(case: &str) {
    PushMetrics::global().things_total.with(CaseLabels { case: case.to_owned() }).inc();
}

fn arrived(export: &Export, case: &str) -> Option<f64> {
    export.number("push_things_total", &[("case", case)])
}

#[test]
fn headers_and_compression_are_as_configured() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        for compression in [OtlpCompression::None, OtlpCompression::Gzip] {
            let case = format!("{protocol:?} {compression:?}");
            let receiver = OtlpReceiver::start();
            let mut config = pushing_to(&receiver.url(), protocol);
            config.otlp.compression = compression;
            // The exporter neither decodes nor splits the value.
            let value = "Basic a%20b,c=d";
            config.otlp.headers.insert("authorization".to_owned(), Secret::from(value));
            let metrics = install(config);
            record(&case);
            metrics.flush().unwrap();

            let headers = receiver.await_export(|e| arrived(e, &case) == Some(1.0)).headers;
            assert_eq!(headers["authorization"], value, "{case}");
            let encoding = match protocol {
                OtlpProtocol::Grpc => "grpc-encoding",
                OtlpProtocol::HttpProtobuf | OtlpProtocol::HttpJson => "content-encoding",
            };
            let gzip = headers.get(encoding).is_some_and(|encoding| encoding == "gzip");
            assert_eq!(gzip, compression == OtlpCompression::Gzip, "{case}: {headers:?}");
        }
    });
}

#[test]
fn temporality_is_as_configured() {
    let _others = beside_others();
    for (configured, expected) in [
        (OtlpTemporality::Cumulative, Temporality::Cumulative),
        (OtlpTemporality::Delta, Temporality::Delta),
    ] {
        let case = format!("{configured:?}");
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), OtlpProtocol::Grpc);
        config.otlp.temporality = configured;
        let metrics = install(config);
        record(&case);
        metrics.flush().unwrap();
        record(&case);
        metrics.flush().unwrap();

        let second = if expected == Temporality::Delta { 1.0 } else { 2.0 };
        let export =
            receiver.await_export(|e| e.metrics.contains_key("osapi_metrics_exports_total"));
        assert_eq!(arrived(&export, &case), Some(second), "{case}");
        for (name, metric) in &export.metrics {
            let of_kind = match metric.kind {
                Kind::Gauge => None,
                Kind::Counter | Kind::Histogram => Some(expected),
                // The specification keeps up-down counters cumulative with every preference.
                Kind::UpDownCounter => Some(Temporality::Cumulative),
            };
            assert_eq!(metric.temporality, of_kind, "{case} {name}");
        }
    }
}

/// Installs a runtime, records, flushes and drops the runtime on the calling thread.
fn whole_life(receiver: &OtlpReceiver, protocol: OtlpProtocol, case: &str) {
    let metrics = install(pushing_to(&receiver.url(), protocol));
    record(case);
    metrics.flush().unwrap();
    drop(metrics);
    receiver.await_export(|e| arrived(e, case) == Some(1.0));
}

#[test]
fn a_program_without_an_async_runtime_pushes() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        whole_life(&OtlpReceiver::start(), protocol, &format!("{protocol:?} no runtime"));
    });
}

#[test]
fn a_program_on_a_current_thread_runtime_pushes() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tokio.block_on(async {
            whole_life(&OtlpReceiver::start(), protocol, &format!("{protocol:?} current thread"));
        });
    });
}

#[test]
fn a_program_on_a_multi_thread_runtime_pushes() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let task = async move {
            whole_life(&OtlpReceiver::start(), protocol, &format!("{protocol:?} multi thread"));
        };
        tokio.block_on(tokio.spawn(task)).unwrap();
    });
}

/// The SDK has an aggregation for each reader, and a callback writes into all of them, whichever
/// reader collects: the last value of one wire would appear once more on the other wire.
#[test]
fn a_value_that_is_gone_is_gone_on_both_wires() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} gone");
        let receiver = OtlpReceiver::start();
        let metrics = install(pushing_to(&receiver.url(), protocol));
        let level = PushMetrics::global().level.with(CaseLabels { case: case.clone() });
        let series = format!("push_level{{case=\"{case}\"}}");
        let level_in = |export: &Export| export.number("push_level", &[("case", &case)]);

        level.set(1.0);
        metrics.flush().unwrap();
        receiver.await_export(|export| level_in(export) == Some(1.0));
        level.clear();
        assert!(!metrics.render(Format::Text).contains(&series), "{case}");

        level.set(2.0);
        assert!(metrics.render(Format::Text).contains(&series), "{case}");
        level.clear();
        record(&case);
        metrics.flush().unwrap();
        let export = receiver.await_export(|export| arrived(export, &case) == Some(1.0));
        assert_eq!(level_in(&export), None, "{case}");
    });
}

#[test]
fn a_counter_that_goes_back_has_begun_anew() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let case = format!("{protocol:?} back");
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.temporality = OtlpTemporality::Delta;
        let metrics = install(config);
        let elsewhere = Arc::new(AtomicU64::new(100));
        let observation = {
            let elsewhere = Arc::clone(&elsewhere);
            let series = &PushMetrics::global().counted_elsewhere_total;
            series
                .with(CaseLabels { case: case.clone() })
                .observe(move || elsewhere.load(Ordering::Relaxed))
        };
        let difference_in =
            |export: &Export| export.number("push_counted_elsewhere_total", &[("case", &case)]);
        for (sum, difference) in [(100, Some(100.0)), (40, Some(40.0)), (120, Some(80.0))] {
            elsewhere.store(sum, Ordering::Relaxed);
            record(&case);
            metrics.flush().unwrap();
            let export = receiver.await_export(|export| {
                arrived(export, &case) == Some(1.0) && difference_in(export) == difference
            });
            drop(export);
        }
        drop(observation);
    });
}

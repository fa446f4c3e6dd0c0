//! Two owners of one name: a set that declares a metric, and another library with an instrument of
//! its own.

use opentelemetry::{KeyValue, metrics::MeterProvider};
use osapi_metrics::{
    Counter, Gauge, Histogram, MetricSet, Metrics,
    config::{OtlpProtocol, OtlpTemporality},
    exposition::Format,
};
use osapi_metrics_tests::{
    logs::{lines_about, logs},
    otlp_receiver::{OtlpReceiver, Value},
    over_every_protocol, pushing_to,
};

use crate::{beside_others, install};

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "owned")]
struct OwnedMetrics {
    /// Things.
    things_total: Counter,
    /// A time.
    #[metric(name = "owned.wait", unit = "s", buckets = [1])]
    wait: Histogram,
    /// A level that is never set.
    #[expect(dead_code, reason = "it owns its name nevertheless")]
    level: Gauge,
    /// A counter whose name another library gives to a gauge.
    kinds_total: Counter,
}

/// The lines of the metrics about these names.
fn lines(metrics: &Metrics, format: Format, name: &str) -> Vec<String> {
    let text = metrics.render(format);
    let of_name = |line: &&str| !line.starts_with('#') && line.starts_with(name);
    text.lines().filter(of_name).map(str::to_owned).collect()
}

#[test]
fn an_instrument_of_another_library_is_not_added_to_a_declared_metric() {
    let _others = beside_others();
    drop(logs().lock());
    let receiver = OtlpReceiver::start();
    let metrics = install(pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf));
    let set = OwnedMetrics::global();
    // A scope that comes before and one that comes after this package in the order of names.
    for scope in ["aaa", "zzz"] {
        let meter = metrics.provider().unwrap().meter(scope);
        // With the suffix and without: both render to one name.
        meter.u64_counter("owned.things").build().add(5, &[]);
        meter.u64_counter("owned_things_total").build().add(5, &[KeyValue::new("place", "b")]);
        meter.f64_histogram("owned_wait_seconds").build().record(0.5, &[]);
        meter.f64_gauge("owned_level").build().record(5.0, &[]);
        meter.f64_gauge("owned_kinds").build().record(5.0, &[]);
        meter.u64_counter("owned_others").build().add(5, &[]);
    }
    set.things_total.add(3);
    set.wait.record(0.5);
    set.kinds_total.add(3);
    for format in [Format::OpenMetrics, Format::Text] {
        for _ in 0..2 {
            let lines = |name| lines(&metrics, format, name);
            assert_eq!(lines("owned_things"), ["owned_things_total 3"]);
            assert_eq!(lines("owned_wait_seconds_count"), ["owned_wait_seconds_count 1"]);
            assert_eq!(lines("owned_level"), [""; 0]);
            assert_eq!(lines("owned_kinds"), ["owned_kinds_total 3"]);
            assert_eq!(lines("owned_others"), ["owned_others_total 10"], "nobody declares it");
        }
    }
    for (family, declared) in [
        ("owned_things", "owned_things_total"),
        ("owned_wait_seconds", "owned.wait"),
        ("owned_level", "owned_level"),
    ] {
        let found = lines_about(&format!("family=\"{family}\""));
        let [warning] = &found[..] else { panic!("{found:#?}") };
        let owner = format!("the name of `{declared}` of the set `OwnedMetrics`, declared at ");
        for part in ["WARN", &owner, "tests/otlp/scopes.rs:", "of scope `", "rename one"] {
            assert!(warning.contains(part), "{part}: {warning}");
        }
    }
    metrics.flush().unwrap();
    let export = receiver.exports().pop().unwrap();
    let of = |name: &str| export.number(name, &[]);
    assert_eq!(export.metrics["owned_things_total"].scope, env!("CARGO_PKG_NAME"));
    assert_eq!(of("owned_things_total"), Some(3.0));
    for scope in ["aaa", "zzz"] {
        let placed = [("place", "b")];
        let other = export.number(&format!("owned_things_total of {scope}"), &placed);
        assert_eq!(other, Some(5.0), "{scope}");
    }
    assert_eq!(export.metrics["owned_kinds_total"].scope, env!("CARGO_PKG_NAME"));
}

/// Differences are kept for each scope.
#[test]
fn differences_of_equal_names_are_kept_apart() {
    let _others = beside_others();
    over_every_protocol(|protocol| {
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.temporality = OtlpTemporality::Delta;
        let metrics = install(config);
        let meter = metrics.provider().unwrap().meter("other");
        let counter = meter.u64_counter("owned_kinds_total").build();
        for _ in 0..2 {
            counter.add(5, &[]);
            metrics.flush().unwrap();
            let export = receiver.exports().pop().unwrap();
            let of_other = export.metrics.values().find(|metric| metric.scope == "other").unwrap();
            let values: Vec<_> = of_other.series.values().collect();
            assert_eq!(values, [&Value::Number(5.0)], "{protocol:?}");
        }
    });
}

/// A set that comes with an instrumentation is linked in also where another library measures the
/// same.
#[test]
fn a_set_that_is_not_used_owns_no_name() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    let metrics = install(pushing_to(&receiver.url(), OtlpProtocol::Grpc));
    let meter = metrics.provider().unwrap().meter("another-http-layer");
    let duration = meter.f64_histogram("http.server.request.duration").with_unit("s").build();
    duration.record(0.5, &[]);
    let name = "http_server_request_duration_seconds_count";
    let own = lines(&metrics, Format::Text, name);
    assert_eq!(own, [format!("{name} 1")]);
}

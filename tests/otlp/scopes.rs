//! Two owners of one name: a set that declares a metric, and another library with an instrument of
//! its own.

use opentelemetry::{KeyValue, metrics::MeterProvider};
use osapi_metrics::{
    Counter, Gauge, Histogram, MetricSet, Metrics,
    config::{OtlpProtocol, OtlpTemporality, ScopeLabels},
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

/// Instruments of two scopes with names of declared metrics: one scope that comes before and one
/// that comes after this package in the order of names.
fn record_in_other_scopes(metrics: &Metrics) {
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
}

/// The warnings about a family, with this beginning of their text.
fn warnings(family: &str, message: &str) -> Vec<String> {
    let mut found = lines_about(&format!("family=\"{family}\""));
    found.retain(|line| line.contains("WARN") && line.contains(message));
    found
}

#[test]
fn an_instrument_of_another_library_is_not_added_to_a_declared_metric() {
    let _others = beside_others();
    drop(logs().lock());
    let receiver = OtlpReceiver::start();
    let mut config = pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf);
    let apart = install(config.clone());
    config.scope_labels = ScopeLabels::None;
    config.otlp.enabled = false;
    let alone = install(config);
    let set = OwnedMetrics::global();
    record_in_other_scopes(&apart);
    record_in_other_scopes(&alone);
    set.things_total.add(3);
    set.wait.record(0.5);
    set.kinds_total.add(3);
    for format in [Format::OpenMetrics, Format::Text] {
        for _ in 0..2 {
            let shown = |name| lines(&apart, format, name);
            assert_eq!(
                shown("owned_things"),
                [
                    "owned_things_total 3",
                    "owned_things_total{otel_scope_name=\"aaa\"} 5",
                    "owned_things_total{otel_scope_name=\"aaa\",place=\"b\"} 5",
                    "owned_things_total{otel_scope_name=\"zzz\"} 5",
                    "owned_things_total{otel_scope_name=\"zzz\",place=\"b\"} 5",
                ]
            );
            assert_eq!(
                shown("owned_wait_seconds_count"),
                [
                    "owned_wait_seconds_count 1",
                    "owned_wait_seconds_count{otel_scope_name=\"aaa\"} 1",
                    "owned_wait_seconds_count{otel_scope_name=\"zzz\"} 1",
                ]
            );
            // The declared metric has no value.
            assert_eq!(
                shown("owned_level"),
                [
                    "owned_level{otel_scope_name=\"aaa\"} 5.0",
                    "owned_level{otel_scope_name=\"zzz\"} 5.0",
                ]
            );
            assert_eq!(shown("owned_kinds"), ["owned_kinds_total 3"], "another type");
            assert_eq!(
                shown("owned_others"),
                [
                    "owned_others_total{otel_scope_name=\"aaa\"} 5",
                    "owned_others_total{otel_scope_name=\"zzz\"} 5",
                ]
            );
            let text = apart.render(format);
            let help = text.lines().filter(|line| line.starts_with("# HELP owned_things"));
            assert_eq!(help.count(), 1, "{text}");
            assert!(text.contains(" Things.\n"), "of the declared metric: {text}");

            let lines = |name| lines(&alone, format, name);
            assert_eq!(lines("owned_things"), ["owned_things_total 3"]);
            assert_eq!(lines("owned_wait_seconds_count"), ["owned_wait_seconds_count 1"]);
            assert_eq!(lines("owned_level"), [""; 0]);
            assert_eq!(lines("owned_kinds"), ["owned_kinds_total 3"]);
            assert_eq!(lines("owned_others"), ["owned_others_total 10"], "nobody declares it");
        }
    }
    let shared = "a declared metric shares its name";
    for (family, declared) in [
        ("owned_things", "owned_things_total"),
        ("owned_wait_seconds", "owned.wait"),
        ("owned_level", "owned_level"),
    ] {
        let owner = format!("the name of `{declared}` of the set `OwnedMetrics`, declared at ");
        for (message, remedy) in
            [(shared, "a query without `otel_scope_name`"), ("is left out", "rename one")]
        {
            let found = warnings(family, message);
            let [warning] = &found[..] else { panic!("{found:#?}") };
            for part in [&*owner, "tests/otlp/scopes.rs:", "of scope `", remedy] {
                assert!(warning.contains(part), "{part}: {warning}");
            }
        }
    }
    assert_eq!(warnings("owned_kinds", "is left out").len(), 1);
    assert!(warnings("owned_kinds", shared).is_empty());
    apart.flush().unwrap();
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
    let shown = lines(&metrics, Format::Text, name);
    assert_eq!(shown, [format!("{name}{{otel_scope_name=\"another-http-layer\"}} 1")]);
}

//! OpenTelemetry's declarative configuration: files that `OTEL_CONFIG_FILE` names, from the file to
//! both wires, and held against the schema of the format.

#[expect(dead_code, reason = "schemas that are texts are judged elsewhere")]
#[path = "../../../metrics-artefacts/tests/commands/reference.rs"]
mod reference;
mod schema;

use std::{fs, path::Path};

use osapi_metrics::{Counter, MetricSet, Metrics, config::Environment};
use osapi_metrics_tests::{
    otlp_receiver::{Export, OtlpReceiver, Temporality, Value},
    scrape::{Format, Scrape, scrape},
};

use crate::beside_others;

const HTTP: &str = include_str!("http.yaml");
const GRPC: &str = include_str!("grpc.yaml");

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "declarative")]
struct DeclarativeMetrics {
    /// Strokes.
    #[metric(unit = "{stroke}")]
    strokes_total: Counter,
}

/// What a collector and a scrape get from a process with this file.
fn run(folder: &Path, file: &str) -> (Export, Scrape) {
    let path = folder.join("otel.yaml");
    fs::write(&path, file).unwrap();
    let receiver = OtlpReceiver::start();
    let environment = Environment::from_iter([
        ("OTEL_CONFIG_FILE", path.to_str().unwrap()),
        ("COLLECTOR", &receiver.url()),
        ("TOKEN", "6f1c"),
        ("CPUS", "8"),
        ("PORT", "0"),
        // Not read beside the file.
        ("OTEL_SERVICE_NAME", "variable"),
        ("OTEL_METRICS_EXPORTER", "none"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
    ]);
    let serving = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let metrics = Metrics::builder().environment(environment).install().unwrap();
    let address = serving.block_on(metrics.serve()).unwrap();
    DeclarativeMetrics::global().strokes_total.inc();
    metrics.flush().unwrap();
    let export =
        receiver.await_export(|export| export.metrics.contains_key("declarative_strokes_total"));
    let scrape = scrape(address, "/metrics", Format::OpenMetrics);
    metrics.shutdown().unwrap();
    (export, scrape)
}

#[test]
fn a_file_pushes_over_either_protocol_and_serves_prometheus() {
    let _beside = beside_others();
    let folder = tempfile::tempdir().unwrap();
    for (file, temporality) in [(HTTP, Temporality::Delta), (GRPC, Temporality::Cumulative)] {
        let (export, scrape) = run(folder.path(), file);
        assert_eq!(export.headers["authorization"], "Bearer 6f1c");
        assert_eq!(export.headers["tenant"], "blue");
        assert_eq!(export.resource["service.name"], "painter");
        assert_eq!(export.resource["host.cpus"], "8");
        let strokes = &export.metrics["declarative_strokes_total"];
        assert_eq!(strokes.temporality, Some(temporality));
        assert!(
            matches!(strokes.series.values().next(), Some(Value::Number(1.0..))),
            "{strokes:?}"
        );
        let target = scrape["target_info"].series.keys().next().unwrap();
        assert_eq!(target["service_name"], "painter");
        let labels = scrape["declarative_strokes_total"].series.keys().next().unwrap();
        if temporality == Temporality::Cumulative {
            assert!(labels.is_empty(), "{labels:?}");
            continue;
        }
        assert_eq!(labels["otel_scope_name"], "osapi-metrics-tests");
        assert_eq!(export.resource["deployment.environment.name"], "staging");
        assert_eq!(export.resource["host.name"], "own");
        let body = String::from_utf8(export.body).unwrap();
        assert!(body.contains("\"schemaUrl\":\"https://opentelemetry.io/schemas/1.37.0\""));
        assert!(body.contains("{\"key\":\"host.cpus\",\"value\":{\"intValue\":\"8\"}}"), "{body}");
    }
}

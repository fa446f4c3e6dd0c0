//! What a program with the console exporter prints. The test runs this program once more, to read
//! its standard output.

use std::{
    env,
    process::{Command, Stdio},
    time::Duration,
};

use osapi_metrics::{Counter, Histogram, MetricSet, Metrics, config::Environment};

/// Set for the program that prints.
const PRINTS: &str = "OSAPI_TEST_PRINTS";

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "printed")]
struct PrintedMetrics {
    /// Things.
    #[metric(unit = "{thing}")]
    things_total: Counter,
    /// Times.
    #[metric(unit = "s", buckets = [1, 2])]
    wait_seconds: Histogram,
}

/// Prints at a flush and at the end; the interval never is over.
#[test]
fn prints() {
    if env::var_os(PRINTS).is_none() {
        return;
    }
    let environment = Environment::from_iter([
        ("TELEMETRY_ENABLED", "true"),
        ("OTEL_METRICS_EXPORTER", "console"),
        ("OTEL_SERVICE_NAME", "printer"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "86400000"),
    ]);
    let metrics = Metrics::builder().environment(environment).install().unwrap();
    let printed = PrintedMetrics::global();
    printed.things_total.add(3);
    printed.wait_seconds.record_duration(Duration::from_millis(1500));
    metrics.flush().unwrap();
    printed.things_total.add(4);
    metrics.shutdown().unwrap();
}

#[test]
fn the_console_shows_every_collection() {
    let mut program = Command::new(env::current_exe().unwrap());
    let program = program.args(["--exact", "prints", "--nocapture"]).env(PRINTS, "1");
    let output = program.stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let snapshots: Vec<_> = text.split("metrics of ").skip(1).collect();
    assert_eq!(snapshots.len(), 2, "{text}");
    for (snapshot, things) in snapshots.into_iter().zip([3, 7]) {
        assert!(snapshot.contains("service.name=\"printer\""), "{snapshot}");
        let counter = format!("printed_things_total [{{thing}}] counter\n  {{}} {things}\n");
        assert!(snapshot.contains(&counter), "{snapshot}");
        let histogram =
            "printed_wait_seconds [s] histogram\n  {} count=1 sum=1.5 min=1.5 max=1.5 ≤2: 1\n";
        assert!(snapshot.contains(histogram), "{snapshot}");
    }
}

//! A file for the textfile collector, read by a node exporter.

use std::fs;

use osapi_metrics::{
    Counter, Histogram, LabelSet, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
    exposition::TextfileError,
};
use osapi_metrics_tests::servers;

use crate::beside_others;

#[derive(Debug, LabelSet)]
struct Volume {
    #[label(max = 10)]
    volume: String,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "backup")]
struct BackupMetrics {
    /// Files saved.
    files_total: Counter<Volume>,
    /// Time to save a volume.
    #[metric(unit = "s", buckets = [1, 60])]
    duration_seconds: Histogram,
}

#[test]
fn a_node_exporter_shows_what_a_batch_job_has_written() {
    let _others = beside_others();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup.prom");
    let builder = Metrics::builder().environment(Environment::default());
    let metrics = builder.service_name("backup").enabled(true).install().unwrap();
    let backup = BackupMetrics::global();
    backup.files_total.with(Volume { volume: "a \"b\"\n".to_owned() }).add(3);
    backup.duration_seconds.record(2.5);
    metrics.write_textfile(&path).unwrap();
    let Some(exporter) = servers::node_exporter(folder.path()) else { return };
    let shown = exporter.metrics();
    for line in [
        "node_textfile_scrape_error 0",
        r#"backup_files_total{volume="a \"b\"\n"} 3"#,
        r#"backup_duration_seconds_bucket{le="60"} 1"#,
        "backup_duration_seconds_sum 2.5",
        "# HELP backup_files_total Files saved.",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line} is not in {shown}");
    }

    backup.files_total.with(Volume { volume: "a \"b\"\n".to_owned() }).inc();
    metrics.write_textfile(&path).unwrap();
    assert!(exporter.metrics().contains(r#"backup_files_total{volume="a \"b\"\n"} 4"#));
    // A user of another name runs the node exporter.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o600, 0o600);
    }
}

#[test]
fn a_file_stays_when_there_is_nothing_to_write() {
    let _others = beside_others();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup.prom");
    fs::write(&path, "before 1\n").unwrap();
    let install = |config: MetricsConfig| {
        Metrics::builder().config(config).environment(Environment::default()).install().unwrap()
    };
    let off = install(MetricsConfig::default());
    off.write_textfile(&path).unwrap();
    let mut config = MetricsConfig::default();
    config.enabled = true;
    let ended = install(config);
    ended.shutdown().unwrap();
    ended.write_textfile(&path).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "before 1\n");
    let error = off.write_textfile(folder.path().join("backup")).unwrap_err();
    assert!(matches!(error, TextfileError::Name { .. }), "{error}");
}

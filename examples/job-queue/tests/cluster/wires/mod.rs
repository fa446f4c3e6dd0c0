//! Every metric of the list on both wires: a scrape, and what a collector receives over OTLP.

mod list;
mod machine;
mod rhythms;
mod switches;
mod work;

pub(crate) use list::metrics;
pub(crate) use work::{COMPLETED, FAILED, Work};

use std::collections::BTreeMap;

use osapi_metrics_tests::{
    otlp_receiver::{Export, Labels, OtlpReceiver, Value},
    scrape::{Format, Scrape, scrape},
};

use crate::support::{Program, until};
use list::Metric;
use machine::Machine;

#[tokio::test(flavor = "multi_thread")]
async fn both_wires_have_the_metrics_of_the_list() {
    let (collector, machine) = (OtlpReceiver::start(), Machine::new());
    let program = machine.start(
        &["--unworkable-after", "1h"],
        &[
            ("DASH0_METRICS_ENDPOINT", &collector.url()),
            ("DASH0_API_TOKEN", "auth_token"),
            ("METRICS_COLLECTION_INTERVAL", "300ms"),
            ("METRICS_COLLECTION_INTERVALS", "*=300ms"),
        ],
    );
    let work = Work::begin(&program).await;
    let (scraped, export) = both_wires(&program, &collector).await;
    for metric in metrics() {
        check_scrape(metric, &scraped);
        check_export(metric, &export);
    }
    check_work(&export);
    check_machine(&export, &machine.workspace());
    assert_eq!(export.headers["authorization"], "Bearer auth_token");
    work.end().await;
}

/// A scrape and an export of the same moment: their values of the metrics that only work changes
/// are the same, and all metrics have series.
async fn both_wires(program: &Program, collector: &OtlpReceiver) -> (Scrape, Export) {
    let mut both = None;
    until("a scrape and an export agree", async || {
        let scraped = scrape(program.address(), "/metrics", Format::OpenMetrics);
        let Some(export) = collector.exports().pop() else { return false };
        let agree = metrics().all(|metric| {
            let (scraped, exported) = (scraped_series(&scraped, metric), series(&export, metric));
            !exported.is_empty()
                && !scraped.is_empty()
                && (!metric.is_settled() || comparable(&scraped) == comparable(&exported))
        });
        both = Some((scraped, export));
        agree
    })
    .await;
    both.expect("a scrape and an export")
}

fn check_scrape(metric: &Metric, scraped: &Scrape) {
    let family = &scraped[metric.scraped];
    assert_eq!(family.kind, metric.scraped_type(), "{}", metric.name);
    assert_eq!(family.unit.as_deref(), metric.scraped_unit(), "{}", metric.name);
    assert!(!family.help.is_empty(), "{}", metric.name);
    metric.check(&family.series);
}

fn check_export(metric: &Metric, export: &Export) {
    let exported = &export.metrics[metric.name];
    assert_eq!(exported.kind, metric.kind, "{}", metric.name);
    assert_eq!(exported.unit, metric.unit, "{}", metric.name);
    assert!(!exported.description.is_empty(), "{}", metric.name);
    metric.check(&exported.series);
}

/// Checks that the numbers are those of the work.
fn check_work(export: &Export) {
    let failed: f64 = FAILED.iter().map(|(_, jobs)| jobs).sum();
    let of_status = |status| sum(export, "jobs_processed_total", &[("status", status)]);
    assert_eq!(
        ["started", "completed", "failed"].map(of_status),
        [COMPLETED + failed + 1.0, COMPLETED, failed].map(Some)
    );
    for (error_type, jobs) in FAILED {
        let labels = [("error_type", error_type)];
        assert_eq!(sum(export, "errors_total", &labels), Some(jobs), "{error_type}");
    }
    assert_eq!(sum(export, "job_duration_seconds", &[]), Some(COMPLETED + failed));
    assert_eq!(sum(export, "job_queue_wait_seconds", &[]), Some(COMPLETED + failed + 1.0));
    assert_eq!(sum(export, "job_output_size_bytes", &[]), Some(COMPLETED));
    let requests = sum(export, "http_requests_total", &[]);
    assert!(requests > Some(2.0 * (COMPLETED + failed)), "{requests:?}");
    assert_eq!(sum(export, "http_request_duration_seconds", &[]), requests);
    for (name, value) in [
        ("jobs_active", 1.0),
        ("queue_size", 1.0),
        ("workers_available", 2.0),
        ("websocket_connections", 1.0),
        ("active_users", 1.0),
        ("worker_slots", 8.0),
        ("worker_saturation_ratio", 0.25),
        // Each operation of a job has a price.
        ("job_billable_operations_total", COMPLETED),
    ] {
        assert_eq!(sum(export, name, &[]), Some(value), "{name}");
    }
    let of_result = |name, result| sum(export, name, &[("result", result)]);
    assert_eq!(of_result("model_downloads_total", "completed"), Some(1.0));
    assert!(of_result("model_downloads_total", "failed") >= Some(1.0));
    assert_eq!(of_result("model_cache_requests_total", "hit"), Some(4.0));
    assert!(of_result("model_cache_requests_total", "miss") >= Some(2.0));
    assert!(sum(export, "job_cost_usd_total", &[]) > Some(0.0));
}

/// Checks that the numbers are those of the machine.
fn check_machine(export: &Export, workspace: &str) {
    assert_eq!(sum(export, "system.disk.io", &[]), Some(512.0 * 4_000.0));
    assert_eq!(sum(export, "system.network.io", &[]), Some(1_500.0));
    for name in ["system.cpu.utilization", "system.memory.utilization"] {
        let share = sum(export, name, &[]).expect("it is there");
        assert!((0.0..=1.0).contains(&share), "{name} is {share}");
    }
    let gpu = |name, index| sum(export, name, &[("gpu_index", index)]);
    assert_eq!(
        ["0", "1"].map(|index| gpu("gpu_utilization_percent", index)),
        [37.0, 5.0].map(Some)
    );
    assert_eq!(
        ["0", "1"].map(|index| gpu("gpu_memory_used_bytes", index)),
        [4_294_967_296.0, 1_000.0].map(Some)
    );
    for part in ["used", "free"] {
        let bytes = sum(export, "disk_usage_bytes", &[("path", workspace), ("type", part)]);
        assert!(bytes > Some(0.0), "{part}: {bytes:?}");
    }
    let resident = sum(export, "process_memory_usage_bytes", &[("type", "rss")]);
    assert!(resident > Some(1e6), "{resident:?}");
}

/// The sum of the series that have these labels: of their values, or of the counts of histograms.
pub(crate) fn sum(export: &Export, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let series = export.metrics.get(name)?.series.iter();
    let has_all = |found: &Labels| {
        labels.iter().all(|(key, value)| found.get(*key).is_some_and(|found| found == value))
    };
    let values = series.filter(|(found, _)| has_all(found)).map(|(_, value)| match value {
        Value::Number(number) => *number,
        Value::Histogram { count, .. } => *count as f64,
    });
    values.reduce(|a, b| a + b)
}

/// The series of a metric in an export.
pub(crate) fn series(export: &Export, metric: &Metric) -> BTreeMap<Labels, Value> {
    export.metrics.get(metric.name).map(|metric| metric.series.clone()).unwrap_or_default()
}

/// The series of a metric in a scrape.
pub(crate) fn scraped_series(scraped: &Scrape, metric: &Metric) -> BTreeMap<Labels, Value> {
    scraped.get(metric.scraped).map(|family| family.series.clone()).unwrap_or_default()
}

/// The series without what a scrape does not have.
pub(crate) fn comparable(series: &BTreeMap<Labels, Value>) -> BTreeMap<Labels, Value> {
    let mut series = series.clone();
    for value in series.values_mut() {
        if let Value::Histogram { min, max, .. } = value {
            (*min, *max) = (None, None);
        }
    }
    series
}

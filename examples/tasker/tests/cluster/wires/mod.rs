//! Every metric of the list on both wires: a scrape, and what a collector receives over OTLP.

mod list;
mod work;

pub(crate) use list::{METRICS, Type};

use std::collections::{BTreeMap, BTreeSet};

use osapi_metrics_tests::{
    otlp_receiver::{Export, Kind, Labels, OtlpReceiver, Value},
    scrape::{Format, Scrape, scrape},
};

use crate::support::{Cluster, Settings};
use list::Metric;
use work::Work;

#[tokio::test(flavor = "multi_thread")]
async fn both_wires_have_the_metrics_of_the_list_and_no_others() {
    let collector = OtlpReceiver::start();
    let settings = Work::settings()
        .with("telemetry.opentelemetry.enabled", true)
        .with("telemetry.opentelemetry.endpoint", collector.url())
        .with("telemetry.opentelemetry.interval", "1s");
    let Some(cluster) = Cluster::whole(settings).await else { return };
    let work = Work::begin(&cluster).await;

    // The long step of the work has a message, so that the age of the queues is there.
    let scraped = scrape(cluster.orchestration.address(), "/metrics", Format::OpenMetrics);
    check_scrape(&scraped);
    let is_whole =
        |export: &Export| METRICS.iter().all(|metric| metric.is_whole(&series(export, metric)));
    check_export(&collector.await_export(is_whole));
    work.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_window_no_series_has_a_correlation_id() {
    let settings = Settings::quick().with("telemetry.correlation_window", 0);
    let Some(cluster) = Cluster::whole(settings).await else { return };
    for workflow in ["math.diamond", "math.linear"] {
        let task = cluster.api().run(workflow, &serde_json::json!({"number": 2})).await;
        assert_eq!(task["state"], "complete", "{task:#}");
    }
    cluster.reaches("tasker_steps_results_submitted_total", &[], 8.0).await;
    cluster.reaches("tasker_tasks_completions_total", &[], 2.0).await;
    let samples = cluster.orchestration.scrape().await;
    assert!(!samples.text().contains("correlation_id"), "{}", samples.text());
    assert_eq!(samples.find("tasker_tasks_requests_total", &[]), Some(2.0));
}

/// The metrics of the objective, which are not in the list: their names in a scrape, and over OTLP.
const OF_THE_OBJECTIVE: [(&str, &str); 2] = [
    ("tasker_steps_slo_good_total", "tasker.steps.slo_good.total"),
    ("tasker_steps_slo_valid_total", "tasker.steps.slo_valid.total"),
];

fn check_scrape(scraped: &Scrape) {
    let prefixes = ["tasker_", "api_", "ffi_", "mpsc_"];
    let is_of_tasker = |name: &&String| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let found: BTreeSet<_> = scraped.keys().filter(is_of_tasker).map(String::as_str).collect();
    let listed = METRICS.iter().map(|metric| metric.scraped);
    let expected = listed.chain(OF_THE_OBJECTIVE.map(|(scraped, _)| scraped)).collect();
    assert_eq!(found, expected, "the names");
    for metric in METRICS {
        let family = &scraped[metric.scraped];
        let kind = match metric.kind {
            Type::Counter => "counter",
            Type::Histogram => "histogram",
            Type::Gauge => "gauge",
        };
        assert_eq!(family.kind, kind, "{}", metric.name);
        let unit = match metric.unit {
            "ms" => Some("milliseconds"),
            "%" => Some("percent"),
            _ => family.unit.as_deref(),
        };
        assert_eq!(family.unit.as_deref(), unit, "{}", metric.name);
        assert!(!family.help.is_empty(), "{}", metric.name);
        metric.check(&family.series);
    }
}

fn check_export(export: &Export) {
    let of_tasker = export.metrics.keys().map(String::as_str).filter(|name| {
        let prefixes = ["tasker.", "tasker_", "api_", "ffi_", "mpsc_"];
        prefixes.iter().any(|prefix| name.starts_with(prefix))
    });
    let found: BTreeSet<_> = of_tasker.collect();
    let listed = METRICS.iter().map(|metric| metric.name);
    let expected = listed.chain(OF_THE_OBJECTIVE.map(|(_, name)| name)).collect();
    assert_eq!(found, expected, "the names");
    for metric in METRICS {
        let exported = &export.metrics[metric.name];
        let fits = match metric.kind {
            Type::Counter => exported.kind == Kind::Counter,
            Type::Histogram => exported.kind == Kind::Histogram,
            Type::Gauge => matches!(exported.kind, Kind::Gauge | Kind::UpDownCounter),
        };
        assert!(fits, "{} is a {:?}", metric.name, exported.kind);
        if !metric.unit.is_empty() {
            assert_eq!(exported.unit, metric.unit, "{}", metric.name);
        }
        metric.check(&exported.series);
    }
}

fn series(export: &Export, metric: &Metric) -> BTreeMap<Labels, Value> {
    export.metrics.get(metric.name).map(|metric| metric.series.clone()).unwrap_or_default()
}

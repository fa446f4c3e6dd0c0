//! The switches of groups of metrics.

use osapi_metrics_tests::scrape::{Format, Scrape, scrape};
use serde_json::json;

use super::machine::Machine;
use crate::support::{EventClient, Program, until};

/// A variable, and metrics of its group.
type Group = (&'static str, &'static [&'static str]);

const GROUPS: [Group; 5] = [
    (
        "ENABLE_JOB_METRICS",
        &[
            "jobs_processed_total",
            "errors_total",
            "jobs_active",
            "job_duration_seconds",
            "job_queue_wait_seconds",
            "job_output_size_bytes",
            "job_cost_usd_total",
            "job_billable_operations_total",
            "worker_slots",
            "worker_saturation_ratio",
        ],
    ),
    (
        "ENABLE_API_METRICS",
        &[
            "http_requests_total",
            "http_request_duration_seconds",
            "active_users",
            "websocket_connections",
            "websocket_events_sent_total",
            "jobs_submitted_total",
            "queue_size",
            "workers_available",
        ],
    ),
    (
        "ENABLE_HOST_METRICS",
        &[
            "system_cpu_utilization_ratio",
            "system_memory_utilization_ratio",
            "system_disk_io_bytes_total",
            "system_network_io_bytes_total",
            "disk_usage_bytes",
        ],
    ),
    ("ENABLE_GPU_METRICS", &["gpu_utilization_percent", "gpu_memory_used_bytes"]),
    // There is no engine at the address of the test: that it is asked is all that shows.
    ("ENABLE_DOCKER_METRICS", &["osapi_docker_reading_errors_total"]),
];

/// Whether a metric has a value that was recorded. The series of counters whose labels are known
/// in advance are there from the beginning, with 0, and so are histograms without labels.
fn is_recorded(scraped: &Scrape, name: &str) -> bool {
    use osapi_metrics_tests::otlp_receiver::Value::{Histogram, Number};
    let Some(family) = scraped.get(name) else { return false };
    let is_level = family.kind == "gauge" && name != "websocket_connections";
    family.series.values().any(|value| match value {
        Number(number) => is_level || *number > 0.0,
        Histogram { count, .. } => *count > 0,
    })
}

/// Work that records each metric of the groups.
async fn work(program: &Program) -> EventClient {
    program.is_ready().await;
    let api = program.api();
    let mut events = EventClient::connect(program, "").await;
    let job = |payload| json!({"service": "simulation", "payload": payload, "retries": 0});
    let done = api.run(&job(json!({"output_bytes": 10}))).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    events.next().await;
    let failed = api.run(&job(json!({"fail": "unknown"}))).await;
    assert_eq!(failed["state"], "failed", "{failed:#}");
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_leaves_its_group_out_and_no_other() {
    let machine = Machine::new();
    let engine = format!("unix://{}", machine.path("no-engine"));
    for (off, group) in GROUPS {
        let program = machine.start(
            &[],
            &[(off, "false"), ("DOCKER_HOST", &engine), ("METRICS_COLLECTION_INTERVAL", "300ms")],
        );
        let events = work(&program).await;
        let others = || GROUPS.into_iter().filter(|(variable, _)| *variable != off);
        let mut scraped = Scrape::new();
        until(&format!("the other groups are there without {off}"), async || {
            scraped = scrape(program.address(), "/metrics", Format::OpenMetrics);
            others().flat_map(|(_, names)| names).all(|name| is_recorded(&scraped, name))
        })
        .await;
        let recorded: Vec<_> = group.iter().filter(|name| is_recorded(&scraped, name)).collect();
        assert!(recorded.is_empty(), "{off}=false has {recorded:?}");
        events.close().await;
    }
}

//! Metrics of three existing systems, declared with the derives: no metric is missing, and a scrape
//! shows each metric under the same name.
//!
//! A process of its own, because the tests compare all series of the framework's job metrics.
//!
//! The declarations differ from the former declarations in four points: counts have an annotation
//! where the unit was `1`; `tasker.queue.age_seconds` has the unit that its name states; labels
//! whose values are not known in advance have a limit; and the jobs, the requests and the NATS
//! clients of osapi use the metrics of the framework, with their labels (`job_name`,
//! `http.request.method`, `client`, …).
//!
//! The metrics of jobs record job events; `jobs/` compares their series in a scrape.

#![allow(dead_code, reason = "only metrics of jobs are recorded")]

mod job_queue;
mod jobs;
mod osapi;
mod tasker;

use std::collections::BTreeSet;

use osapi_metrics::{
    JobMetrics, MetricDescriptor, Metrics,
    config::Environment,
    descriptor::InstrumentKind::{self, Counter, Gauge, Histogram},
    exposition::Format,
    instrumentation::{http_server::HttpServerMetrics, nats::NatsMetrics, process},
};

/// Prometheus name, type, unit, label keys.
type MetricRow = (&'static str, InstrumentKind, Option<&'static str>, &'static [&'static str]);

/// The former names in a scrape, with two exceptions: the OpenTelemetry translation appends unit
/// and `_total` to `system.disk.io` and `system.network.io`. A histogram is listed once; its
/// samples add `_bucket`, `_sum` and `_count`.
const SHOWN: [MetricRow; 75] = [
    // osapi
    ("osapi_jobs_created_total", Counter, Some("{job}"), &["job_name"]),
    ("osapi_jobs_completed_total", Counter, Some("{job}"), &["job_name", "status"]),
    ("osapi_job_duration_seconds", Histogram, Some("s"), &["job_name", "status"]),
    ("osapi_jobs_active", Gauge, Some("{job}"), &["job_name"]),
    ("osapi_agents_connected", Gauge, Some("{agent}"), &[]),
    ("osapi_agent_jobs_processed_total", Counter, Some("{job}"), &["agent"]),
    ("osapi_workers_connected", Gauge, Some("{worker}"), &[]),
    ("osapi_worker_jobs_processed_total", Counter, Some("{job}"), &["worker"]),
    ("osapi_nats_connected", Gauge, None, &["client"]),
    ("osapi_nats_reconnects_total", Counter, Some("{reconnect}"), &["client"]),
    (
        "http_server_request_duration_seconds",
        Histogram,
        Some("s"),
        &[
            "http.request.method",
            "url.scheme",
            "http.response.status_code",
            "http.route",
            "error.type",
        ],
    ),
    (
        "http_server_active_requests",
        Gauge,
        Some("{request}"),
        &["http.request.method", "url.scheme"],
    ),
    (
        "http_server_request_total",
        Counter,
        Some("{request}"),
        &["http.request.method", "http.response.status_code"],
    ),
    // tasker
    (
        "tasker_tasks_requests_total",
        Counter,
        Some("{request}"),
        &["correlation_id", "task_type", "namespace"],
    ),
    ("tasker_tasks_completions_total", Counter, Some("{task}"), &["correlation_id"]),
    ("tasker_tasks_failures_total", Counter, Some("{task}"), &["correlation_id"]),
    (
        "tasker_steps_enqueued_total",
        Counter,
        Some("{step}"),
        &["correlation_id", "namespace", "step_name"],
    ),
    (
        "tasker_step_results_processed_total",
        Counter,
        Some("{result}"),
        &["correlation_id", "result_type"],
    ),
    (
        "tasker_task_initialization_duration_milliseconds",
        Histogram,
        Some("ms"),
        &["correlation_id", "task_type"],
    ),
    (
        "tasker_task_finalization_duration_milliseconds",
        Histogram,
        Some("ms"),
        &["correlation_id", "final_state"],
    ),
    (
        "tasker_step_result_processing_duration_milliseconds",
        Histogram,
        Some("ms"),
        &["correlation_id", "result_type"],
    ),
    ("tasker_tasks_active", Gauge, Some("{task}"), &["state"]),
    ("tasker_steps_ready", Gauge, Some("{step}"), &["namespace"]),
    ("tasker_steps_executions_total", Counter, Some("{step}"), &["correlation_id"]),
    ("tasker_steps_successes_total", Counter, Some("{step}"), &["correlation_id", "namespace"]),
    (
        "tasker_steps_failures_total",
        Counter,
        Some("{step}"),
        &["correlation_id", "namespace", "error_type"],
    ),
    ("tasker_steps_claimed_total", Counter, Some("{step}"), &["namespace", "claim_method"]),
    (
        "tasker_steps_results_submitted_total",
        Counter,
        Some("{result}"),
        &["correlation_id", "result_type"],
    ),
    (
        "tasker_step_execution_duration_milliseconds",
        Histogram,
        Some("ms"),
        &["correlation_id", "namespace", "result"],
    ),
    (
        "tasker_step_claim_duration_milliseconds",
        Histogram,
        Some("ms"),
        &["namespace", "claim_method"],
    ),
    (
        "tasker_step_result_submission_duration_milliseconds",
        Histogram,
        Some("ms"),
        &["correlation_id", "result_type"],
    ),
    ("tasker_steps_active_executions", Gauge, Some("{step}"), &["namespace", "handler_type"]),
    ("tasker_queue_depth", Gauge, Some("{message}"), &["namespace"]),
    ("api_circuit_breaker_state", Gauge, None, &[]),
    ("tasker_circuit_breaker_state", Gauge, None, &["component"]),
    ("api_requests_rejected_total", Counter, Some("{request}"), &["endpoint"]),
    ("ffi_completion_slow_sends_total", Counter, Some("{send}"), &[]),
    ("ffi_completion_circuit_open_rejections_total", Counter, Some("{rejection}"), &[]),
    ("mpsc_channel_usage_percent", Gauge, Some("%"), &["channel", "component"]),
    ("mpsc_channel_capacity", Gauge, Some("{message}"), &["channel", "component"]),
    ("mpsc_channel_full_events_total", Counter, Some("{event}"), &["channel", "component"]),
    ("tasker_sql_queries_total", Counter, Some("{query}"), &[]),
    ("tasker_sql_query_duration", Histogram, None, &[]),
    ("tasker_db_pool_connections_active", Gauge, Some("{connection}"), &[]),
    ("tasker_db_pool_connections_idle", Gauge, Some("{connection}"), &[]),
    ("tasker_db_pool_wait_duration", Histogram, None, &[]),
    ("tasker_db_transactions_total", Counter, Some("{transaction}"), &[]),
    ("tasker_db_transaction_duration", Histogram, None, &[]),
    ("tasker_queue_messages_sent_total", Counter, Some("{message}"), &[]),
    ("tasker_queue_messages_received_total", Counter, Some("{message}"), &[]),
    ("tasker_queue_messages_deleted_total", Counter, Some("{message}"), &[]),
    ("tasker_queue_message_send_duration", Histogram, None, &[]),
    ("tasker_queue_message_receive_duration", Histogram, None, &[]),
    ("tasker_queue_age_seconds", Gauge, Some("s"), &[]),
    ("tasker_queue_visibility_timeouts_total", Counter, Some("{timeout}"), &[]),
    ("tasker_queue_errors_total", Counter, Some("{error}"), &[]),
    ("tasker_queue_retry_attempts_total", Counter, Some("{attempt}"), &[]),
    // job queue
    (
        "jobs_processed_total",
        Counter,
        Some("{job}"),
        &["service", "priority", "worker_id", "status"],
    ),
    ("http_requests_total", Counter, Some("{request}"), &[]),
    (
        "errors_total",
        Counter,
        Some("{error}"),
        &["service", "priority", "worker_id", "error_type", "error_name"],
    ),
    ("jobs_active", Gauge, Some("{job}"), &["service", "priority", "worker_id"]),
    ("queue_size", Gauge, Some("{job}"), &[]),
    ("workers_available", Gauge, Some("{worker}"), &[]),
    ("job_duration_seconds", Histogram, Some("s"), &["service", "priority", "worker_id", "status"]),
    ("http_request_duration_seconds", Histogram, Some("s"), &[]),
    ("job_queue_wait_seconds", Histogram, Some("s"), &[]),
    ("job_output_size_bytes", Histogram, Some("By"), &["service", "priority", "worker_id"]),
    ("gpu_utilization_percent", Gauge, Some("%"), &["gpu_index"]),
    ("gpu_memory_used_bytes", Gauge, Some("By"), &["gpu_index"]),
    ("process_memory_usage_bytes", Gauge, Some("By"), &["type"]),
    ("disk_usage_bytes", Gauge, Some("By"), &["path", "type"]),
    ("system_cpu_utilization_ratio", Gauge, Some("1"), &[]),
    ("system_memory_utilization_ratio", Gauge, Some("1"), &[]),
    ("system_disk_io_bytes_total", Counter, Some("By"), &[]),
    ("system_network_io_bytes_total", Counter, Some("By"), &[]),
];

/// Every declaration.
fn declared() -> impl Iterator<Item = &'static MetricDescriptor> {
    [
        JobMetrics::DESCRIPTORS,
        HttpServerMetrics::DESCRIPTORS,
        NatsMetrics::DESCRIPTORS,
        osapi::OsapiMetrics::DESCRIPTORS,
        tasker::OrchestrationMetrics::DESCRIPTORS,
        tasker::WorkerMetrics::DESCRIPTORS,
        tasker::MessagingMetrics::DESCRIPTORS,
        tasker::DatabaseMetrics::DESCRIPTORS,
        tasker::ResilienceMetrics::DESCRIPTORS,
        job_queue::ApplicationMetrics::DESCRIPTORS,
        job_queue::ResourceMetrics::DESCRIPTORS,
        job_queue::HostMetrics::DESCRIPTORS,
    ]
    .into_iter()
    .flatten()
}

/// The type in a scrape: Prometheus does not distinguish gauges and up-down counters.
fn shown_type(metric: &MetricDescriptor) -> InstrumentKind {
    match metric.kind {
        InstrumentKind::UpDownCounter => Gauge,
        kind => kind,
    }
}

#[test]
fn every_metric_is_declared_as_it_was_shown() {
    for (name, kind, unit, labels) in SHOWN {
        let metric = declared()
            .find(|metric| metric.prometheus_name() == name)
            .unwrap_or_else(|| panic!("`{name}` is not declared"));
        assert_eq!(shown_type(metric), kind, "type of `{name}`");
        assert_eq!(metric.unit, unit, "unit of `{name}`");
        let keys: Vec<_> = metric.labels.iter().map(|label| label.key).collect();
        assert_eq!(keys, labels, "labels of `{name}`");
        assert!(!metric.help.is_empty(), "help of `{name}`");
        assert_eq!(metric.buckets.is_empty(), kind != Histogram, "buckets of `{name}`");
    }
}

#[test]
fn nothing_else_is_declared() {
    let shown: BTreeSet<_> = SHOWN.iter().map(|(name, ..)| *name).collect();
    let shipped =
        [JobMetrics::DESCRIPTORS, HttpServerMetrics::DESCRIPTORS, NatsMetrics::DESCRIPTORS];
    let shipped = shipped.concat();
    let shipped: BTreeSet<_> = shipped.iter().map(MetricDescriptor::prometheus_name).collect();
    for metric in declared() {
        let name = metric.prometheus_name();
        assert!(shown.contains(name) || shipped.contains(name), "`{name}` is not in the table");
    }
}

/// A runtime with metrics on, whatever the machine's variables say.
fn install() -> Metrics {
    Metrics::builder()
        .enabled(true)
        .environment(Environment::default())
        .install()
        .expect("no two declarations conflict")
}

#[test]
fn the_three_systems_fit_into_one_program() {
    let metrics = install();
    for (name, ..) in SHOWN {
        let metric = metrics.catalogue().get(name);
        assert!(metric.is_some(), "`{name}` is not in the catalogue");
    }
}

/// `process_memory_usage_bytes` is also the name of a metric that the framework ships for the
/// process. The job queue's own metric has other labels.
#[test]
fn a_name_of_the_program_comes_before_the_same_name_of_an_instrumentation() {
    let metrics = install();
    let declared = metrics.catalogue().get("process_memory_usage_bytes").expect("is declared");
    assert_eq!(declared.origin.package, env!("CARGO_PKG_NAME"));
    let observation = process::observe();
    let own = job_queue::observe_rss(1_000);
    let scrape = metrics.render(Format::OpenMetrics);
    let lines: Vec<_> = scrape
        .lines()
        .filter(|line| line.contains("process_memory_usage_bytes") && !line.starts_with("osapi_"))
        .collect();
    assert_eq!(
        lines,
        [
            "# TYPE process_memory_usage_bytes gauge",
            "# UNIT process_memory_usage_bytes bytes",
            "# HELP process_memory_usage_bytes Process memory usage in bytes.",
            "process_memory_usage_bytes{type=\"rss\"} 1000",
        ]
    );
    if observation.is_ok() {
        assert!(scrape.contains("\nprocess_uptime_seconds "), "the others are exported:\n{scrape}");
    }
    drop((observation, own));
}

//! Every metric that the framework must be able to express passes the rules with a suitable
//! declaration, and renders to the name that a scrape must show.
//!
//! Three declarations differ from the declarations of other systems. Counts have an annotation in
//! place of the unit `1` (rule U2). `tasker.queue.age_seconds` declares the unit in its name (rule
//! N4). The OpenTelemetry translation appends the unit and `_total` to `system.disk.io` and
//! `system.network.io`, which therefore render to other names than the usual names.

use osapi_metrics_rules::{
    InstrumentKind::{self, Counter, Gauge, Histogram, UpDownCounter},
    check_base_unit, check_grammar, check_prefix, check_semconv, check_suffix, check_unit_for_kind,
    check_unit_in_name, check_words, prometheus_family, prometheus_name, prometheus_unit,
};

/// Name, kind, declared unit, the set's prefix, Prometheus name.
type Declaration = (&'static str, InstrumentKind, Option<&'static str>, &'static str, &'static str);

#[rustfmt::skip]
const REFERENCE: &[Declaration] = &[
    ("osapi_jobs_created_total", Counter, None, "osapi", "osapi_jobs_created_total"),
    ("osapi_jobs_completed_total", Counter, None, "osapi", "osapi_jobs_completed_total"),
    ("osapi_job_duration_seconds", Histogram, Some("s"), "osapi", "osapi_job_duration_seconds"),
    ("osapi_jobs_active", Gauge, None, "osapi", "osapi_jobs_active"),
    ("osapi_agents_connected", Gauge, None, "osapi", "osapi_agents_connected"),
    ("osapi_agent_jobs_processed_total", Counter, None, "osapi", "osapi_agent_jobs_processed_total"),
    ("osapi_workers_connected", Gauge, None, "osapi", "osapi_workers_connected"),
    ("osapi_worker_jobs_processed_total", Counter, None, "osapi", "osapi_worker_jobs_processed_total"),
    ("osapi_nats_connected", Gauge, None, "osapi", "osapi_nats_connected"),
    ("osapi_nats_reconnects_total", Counter, None, "osapi", "osapi_nats_reconnects_total"),
    ("http.server.request.duration", Histogram, Some("s"), "http", "http_server_request_duration_seconds"),
    ("http.server.active_requests", Gauge, None, "http", "http_server_active_requests"),
    ("http_server_request_total", Counter, None, "http", "http_server_request_total"),
    ("tasker.tasks.requests.total", Counter, None, "tasker", "tasker_tasks_requests_total"),
    ("tasker.tasks.completions.total", Counter, None, "tasker", "tasker_tasks_completions_total"),
    ("tasker.tasks.failures.total", Counter, None, "tasker", "tasker_tasks_failures_total"),
    ("tasker.steps.enqueued.total", Counter, None, "tasker", "tasker_steps_enqueued_total"),
    ("tasker.step_results.processed.total", Counter, None, "tasker", "tasker_step_results_processed_total"),
    ("tasker.task.initialization.duration", Histogram, Some("ms"), "tasker", "tasker_task_initialization_duration_milliseconds"),
    ("tasker.task.finalization.duration", Histogram, Some("ms"), "tasker", "tasker_task_finalization_duration_milliseconds"),
    ("tasker.step_result.processing.duration", Histogram, Some("ms"), "tasker", "tasker_step_result_processing_duration_milliseconds"),
    ("tasker.tasks.active", Gauge, None, "tasker", "tasker_tasks_active"),
    ("tasker.steps.ready", Gauge, None, "tasker", "tasker_steps_ready"),
    ("tasker.steps.executions.total", Counter, None, "tasker", "tasker_steps_executions_total"),
    ("tasker.steps.successes.total", Counter, None, "tasker", "tasker_steps_successes_total"),
    ("tasker.steps.failures.total", Counter, None, "tasker", "tasker_steps_failures_total"),
    ("tasker.steps.claimed.total", Counter, None, "tasker", "tasker_steps_claimed_total"),
    ("tasker.steps.results_submitted.total", Counter, None, "tasker", "tasker_steps_results_submitted_total"),
    ("tasker.step.execution.duration", Histogram, Some("ms"), "tasker", "tasker_step_execution_duration_milliseconds"),
    ("tasker.step.claim.duration", Histogram, Some("ms"), "tasker", "tasker_step_claim_duration_milliseconds"),
    ("tasker.step_result.submission.duration", Histogram, Some("ms"), "tasker", "tasker_step_result_submission_duration_milliseconds"),
    ("tasker.steps.active_executions", Gauge, None, "tasker", "tasker_steps_active_executions"),
    ("tasker.queue.depth", Gauge, None, "tasker", "tasker_queue_depth"),
    ("api_circuit_breaker_state", Gauge, None, "api", "api_circuit_breaker_state"),
    ("tasker_circuit_breaker_state", Gauge, None, "tasker", "tasker_circuit_breaker_state"),
    ("api_requests_rejected_total", Counter, None, "api", "api_requests_rejected_total"),
    ("ffi_completion_slow_sends_total", Counter, None, "ffi", "ffi_completion_slow_sends_total"),
    ("ffi_completion_circuit_open_rejections_total", Counter, None, "ffi", "ffi_completion_circuit_open_rejections_total"),
    ("mpsc_channel_usage_percent", Gauge, Some("%"), "mpsc", "mpsc_channel_usage_percent"),
    ("mpsc_channel_capacity", Gauge, None, "mpsc", "mpsc_channel_capacity"),
    ("mpsc_channel_full_events_total", Counter, None, "mpsc", "mpsc_channel_full_events_total"),
    ("tasker.sql.queries.total", Counter, None, "tasker", "tasker_sql_queries_total"),
    ("tasker.sql.query.duration", Histogram, None, "tasker", "tasker_sql_query_duration"),
    ("tasker.db.pool.connections_active", Gauge, None, "tasker", "tasker_db_pool_connections_active"),
    ("tasker.db.pool.connections_idle", Gauge, None, "tasker", "tasker_db_pool_connections_idle"),
    ("tasker.db.pool.wait_duration", Histogram, None, "tasker", "tasker_db_pool_wait_duration"),
    ("tasker.db.transactions.total", Counter, None, "tasker", "tasker_db_transactions_total"),
    ("tasker.db.transaction.duration", Histogram, None, "tasker", "tasker_db_transaction_duration"),
    ("tasker.queue.messages_sent.total", Counter, None, "tasker", "tasker_queue_messages_sent_total"),
    ("tasker.queue.messages_received.total", Counter, None, "tasker", "tasker_queue_messages_received_total"),
    ("tasker.queue.messages_deleted.total", Counter, None, "tasker", "tasker_queue_messages_deleted_total"),
    ("tasker.queue.message_send.duration", Histogram, None, "tasker", "tasker_queue_message_send_duration"),
    ("tasker.queue.message_receive.duration", Histogram, None, "tasker", "tasker_queue_message_receive_duration"),
    ("tasker.queue.age_seconds", Gauge, Some("s"), "tasker", "tasker_queue_age_seconds"),
    ("tasker.queue.visibility_timeouts.total", Counter, None, "tasker", "tasker_queue_visibility_timeouts_total"),
    ("tasker.queue.errors.total", Counter, None, "tasker", "tasker_queue_errors_total"),
    ("tasker.queue.retry_attempts.total", Counter, None, "tasker", "tasker_queue_retry_attempts_total"),
    ("jobs_processed_total", Counter, Some("{job}"), "", "jobs_processed_total"),
    ("http_requests_total", Counter, Some("{request}"), "", "http_requests_total"),
    ("errors_total", Counter, Some("{error}"), "", "errors_total"),
    ("jobs_active", UpDownCounter, Some("{job}"), "", "jobs_active"),
    ("queue_size", Gauge, Some("{job}"), "", "queue_size"),
    ("workers_available", Gauge, Some("{worker}"), "", "workers_available"),
    ("job_duration_seconds", Histogram, Some("s"), "", "job_duration_seconds"),
    ("http_request_duration_seconds", Histogram, Some("s"), "", "http_request_duration_seconds"),
    ("job_queue_wait_seconds", Histogram, Some("s"), "", "job_queue_wait_seconds"),
    ("job_output_size_bytes", Histogram, Some("By"), "", "job_output_size_bytes"),
    ("gpu_utilization_percent", Gauge, Some("%"), "", "gpu_utilization_percent"),
    ("gpu_memory_used_bytes", Gauge, Some("By"), "", "gpu_memory_used_bytes"),
    ("process_memory_usage_bytes", Gauge, Some("By"), "", "process_memory_usage_bytes"),
    ("disk_usage_bytes", Gauge, Some("By"), "", "disk_usage_bytes"),
    ("system.cpu.utilization", Gauge, Some("1"), "", "system_cpu_utilization_ratio"),
    ("system.memory.utilization", Gauge, Some("1"), "", "system_memory_utilization_ratio"),
    ("system.disk.io", Counter, Some("By"), "", "system_disk_io"),
    ("system.network.io", Counter, Some("By"), "", "system_network_io"),
];

/// Sets that declare `allow(non_base_units)`.
fn keeps_other_units(name: &str) -> bool {
    name.starts_with("tasker.") || name.ends_with("_percent")
}

/// Sets that declare `allow(semconv_names)`.
fn keeps_semconv_names(name: &str) -> bool {
    name.starts_with("http.") || name.starts_with("system.")
}

/// Counters whose semantic convention has no `_total`: they are declared under
/// `allow(semconv_names)`, and rendering appends the suffix.
fn is_semconv_counter(name: &str) -> bool {
    matches!(name, "system.disk.io" | "system.network.io")
}

#[test]
fn all_of_the_reference_is_here() {
    assert_eq!(REFERENCE.len(), 75);
}

#[test]
fn every_metric_passes_the_rules() {
    for &(name, kind, unit, prefix, _) in REFERENCE {
        assert_eq!(check_grammar(name), None, "{name}");
        assert_eq!(check_prefix(name, prefix), None, "{name}");
        assert_eq!(check_unit_in_name(name, kind, unit), None, "{name}");
        assert_eq!(check_unit_for_kind(name, kind, unit), None, "{name}");
        assert_eq!(check_words(name), None, "{name}");
        if !is_semconv_counter(name) {
            assert_eq!(check_suffix(name, kind), None, "{name}");
        }
        if !keeps_other_units(name) {
            assert_eq!(check_base_unit(name, unit), None, "{name}");
        }
        if !keeps_semconv_names(name) {
            assert_eq!(check_semconv(name), None, "{name}");
        }
    }
}

#[test]
fn the_metrics_in_other_units_need_their_allowance() {
    assert!(check_base_unit("tasker.step.claim.duration", Some("ms")).is_some());
    assert!(check_base_unit("gpu_utilization_percent", Some("%")).is_some());
    assert!(check_semconv("http.server.active_requests").is_some());
}

#[test]
fn every_metric_renders_to_its_prometheus_name() {
    for &(name, kind, unit, _, expected) in REFERENCE {
        let expected = match name {
            "system.disk.io" => "system_disk_io_bytes_total",
            "system.network.io" => "system_network_io_bytes_total",
            _ => expected,
        };
        let rendered = prometheus_name(name, unit, kind);
        assert_eq!(rendered.as_str(), expected, "{name}");
        assert_eq!(
            prometheus_name(rendered.as_str(), unit, kind).as_str(),
            expected,
            "rendering {name} twice"
        );
    }
}

#[test]
fn every_family_ends_in_its_unit() {
    for &(name, kind, unit, ..) in REFERENCE {
        let family = prometheus_family(name, unit, kind);
        let word = prometheus_unit(name, unit, kind);
        assert!(family.as_str().ends_with(word.as_str()), "{name}");
        let has_word = unit.is_some_and(|unit| !unit.starts_with('{'));
        assert_eq!(!word.is_empty(), has_word, "{name}");
    }
}

//! The metrics of osapi: its jobs, agents, NATS clients and HTTP server.

use super::{Metric, closed, counter, gauge, histogram, open};

pub(super) const METRICS: &[Metric] = &[
    counter("osapi_jobs_created_total", "", &[]).with(&["job_name"]),
    counter(
        "osapi_jobs_completed_total",
        "",
        &[closed("status", &["completed", "failed"]).with(&["timed_out", "cancelled", "panicked"])],
    )
    .with(&["job_name"]),
    histogram("osapi_job_duration_seconds", "s", &[]).with(&["job_name", "status"]),
    gauge("osapi_jobs_active", "", &[]).with(&["job_name"]),
    gauge("osapi_agents_connected", "", &[]),
    counter("osapi_agent_jobs_processed_total", "", &[open("agent")]),
    gauge("osapi_workers_connected", "", &[]),
    counter("osapi_worker_jobs_processed_total", "", &[open("worker")]),
    gauge("osapi_nats_connected", "", &[]).with(&["client"]),
    counter("osapi_nats_reconnects_total", "", &[]).with(&["client"]),
    histogram(
        "http.server.request.duration",
        "s",
        &[
            open("method").scraped_as("http_request_method"),
            open("status").scraped_as("http_response_status_code"),
            open("path").scraped_as("http_route"),
        ],
    )
    .scraped_as("http_server_request_duration_seconds")
    .with(&["url_scheme", "error_type"]),
    gauge("http.server.active_requests", "", &[])
        .scraped_as("http_server_active_requests")
        .with(&["http_request_method", "url_scheme"]),
    counter(
        "http_server_request_total",
        "",
        &[
            open("method").scraped_as("http_request_method"),
            open("status").scraped_as("http_response_status_code"),
        ],
    ),
];

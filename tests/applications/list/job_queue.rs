//! The metrics of job-queue: its jobs, workers and HTTP server, and the machine.

use super::{Label, Metric, closed, counter, gauge, histogram, open, up_down_counter};

const SERVICE: Label = open("service");
const PRIORITY: Label = open("priority");
const WORKER_ID: Label = open("worker_id");

pub(super) const METRICS: &[Metric] = &[
    counter(
        "jobs_processed_total",
        "1",
        &[SERVICE, PRIORITY, WORKER_ID, closed("status", &["started", "completed", "failed"])],
    ),
    counter("http_requests_total", "1", &[]),
    counter(
        "errors_total",
        "1",
        &[
            SERVICE,
            PRIORITY,
            WORKER_ID,
            closed("error_type", &["timeout", "memory", "network", "connection", "unknown"]),
            open("error_name"),
        ],
    ),
    up_down_counter("jobs_active", "1", &[SERVICE, PRIORITY, WORKER_ID]),
    gauge("queue_size", "1", &[]),
    gauge("workers_available", "1", &[]),
    histogram(
        "job_duration_seconds",
        "s",
        &[SERVICE, PRIORITY, WORKER_ID, closed("status", &["failed"]).with(&["completed"])],
    )
    .with_buckets(&[0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0]),
    histogram("http_request_duration_seconds", "s", &[])
        .with_buckets(&[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0]),
    histogram("job_queue_wait_seconds", "s", &[])
        .with_buckets(&[1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0]),
    histogram("job_output_size_bytes", "By", &[SERVICE, PRIORITY, WORKER_ID]),
    gauge("gpu_utilization_percent", "%", &[open("gpu_index")]),
    gauge("gpu_memory_used_bytes", "By", &[open("gpu_index")]),
    gauge("process_memory_usage_bytes", "By", &[closed("type", &["heap", "heap_total", "rss"])]),
    gauge(
        "disk_usage_bytes",
        "By",
        &[closed("path", &["/workspace"]), closed("type", &["used", "free"])],
    ),
    gauge("system.cpu.utilization", "1", &[]).scraped_as("system_cpu_utilization_ratio"),
    gauge("system.memory.utilization", "1", &[]).scraped_as("system_memory_utilization_ratio"),
    counter("system.disk.io", "By", &[]).scraped_as("system_disk_io_bytes_total"),
    counter("system.network.io", "By", &[]).scraped_as("system_network_io_bytes_total"),
];

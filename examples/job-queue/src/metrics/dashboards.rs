//! The dashboards. What they ask for is held by the compiler against the sets.

use std::time::Duration;

use osapi_metrics::{
    MetricDescriptor, dashboard,
    dashboards::{
        Dashboard, Panel, highest, increase, latest, metric, quantile, rate, ratio, sum, total,
    },
    descriptor::Comparison,
    instrumentation::gpu::GpuIndexMetrics,
};

use super::{
    api::SubmissionMetrics,
    application::ApplicationMetrics,
    business::{BusinessMetrics, CapacityMetrics},
    process::ProcessMemoryMetrics,
    queue::QueueMetrics,
    resources::HostMetrics,
};

const PROCESSED: &MetricDescriptor = metric::<ApplicationMetrics>("jobs_processed_total");
const ERRORS: &MetricDescriptor = metric::<ApplicationMetrics>("errors_total");
const ACTIVE: &MetricDescriptor = metric::<ApplicationMetrics>("jobs_active");
const QUEUE_SIZE: &MetricDescriptor = metric::<ApplicationMetrics>("queue_size");
const AVAILABLE: &MetricDescriptor = metric::<ApplicationMetrics>("workers_available");
const DURATION: &MetricDescriptor = metric::<ApplicationMetrics>("job_duration_seconds");
const WAIT: &MetricDescriptor = metric::<ApplicationMetrics>("job_queue_wait_seconds");
const SUBMITTED: &MetricDescriptor = metric::<SubmissionMetrics>("jobs_submitted_total");
const UNWORKABLE: &MetricDescriptor = metric::<QueueMetrics>("jobs_unworkable_total");
const RECOVERED: &MetricDescriptor = metric::<QueueMetrics>("jobs_recovered_total");
const COST: &MetricDescriptor = metric::<BusinessMetrics>("job_cost_usd_total");
const OPERATIONS: &MetricDescriptor = metric::<BusinessMetrics>("job_billable_operations_total");
const RETRIES: &MetricDescriptor = metric::<BusinessMetrics>("job_retries_total");
const SLOTS: &MetricDescriptor = metric::<CapacityMetrics>("worker_slots");
const SATURATION: &MetricDescriptor = metric::<CapacityMetrics>("worker_saturation_ratio");
const MEMORY: &MetricDescriptor = metric::<ProcessMemoryMetrics>("process_memory_usage_bytes");
const CPU: &MetricDescriptor = metric::<HostMetrics>("system.cpu.utilization");
const HOST_MEMORY: &MetricDescriptor = metric::<HostMetrics>("system.memory.utilization");
const DISK_IO: &MetricDescriptor = metric::<HostMetrics>("system.disk.io");
const NETWORK_IO: &MetricDescriptor = metric::<HostMetrics>("system.network.io");
const DISK_USAGE: &MetricDescriptor = metric::<HostMetrics>("disk_usage_bytes");
const GPU_USE: &MetricDescriptor = metric::<GpuIndexMetrics>("gpu_utilization_percent");
const GPU_MEMORY: &MetricDescriptor = metric::<GpuIndexMetrics>("gpu_memory_used_bytes");

const MINUTE: Duration = Duration::from_secs(60);

dashboard! {
    static JOBS: Dashboard = Dashboard::new("Jobs of the queue", &[
        Panel::lines("Queue size", &[highest(QUEUE_SIZE)])
            .warning(Comparison::Above, 1_000.0, MINUTE.saturating_mul(10))
            .alerting("JobQueueLong"),
        Panel::lines("Time in the queue, p95", &[quantile(0.95, WAIT).named("p95")])
            .warning(Comparison::Above, 60.0, MINUTE.saturating_mul(10))
            .critical(Comparison::Above, 600.0, MINUTE.saturating_mul(10))
            .alerting("JobQueueWaitLong"),
        Panel::lines("Submitted against completed", &[
            rate(SUBMITTED).named("submitted"),
            rate(PROCESSED).with(&[("status", "completed")]).named("completed"),
        ]),
        Panel::stacked("Throughput by service", &[
            rate(PROCESSED).with(&[("status", "completed")]).by(&["service"]),
        ]),
        Panel::stacked("Failures by type", &[rate(ERRORS).by(&["error_type"])]),
        Panel::gauge("Share of failed attempts", &[ratio(&[
            increase(PROCESSED).with(&[("status", "failed")]),
            total(&[
                increase(PROCESSED).with(&[("status", "completed")]),
                increase(PROCESSED).with(&[("status", "failed")]),
            ]),
        ])])
        .between(0.0, 1.0)
        .warning(Comparison::Above, 0.1, MINUTE.saturating_mul(10))
        .critical(Comparison::Above, 0.5, MINUTE.saturating_mul(5))
        .alerting("JobQueueFailures"),
        Panel::lines("Duration", &[
            quantile(0.5, DURATION).named("p50"),
            quantile(0.95, DURATION).named("p95"),
            quantile(0.99, DURATION).named("p99"),
        ]),
        Panel::lines("Retries, recovered and unworkable jobs", &[
            rate(RETRIES).named("retries"),
            rate(RECOVERED).named("recovered"),
            rate(UNWORKABLE).named("unworkable"),
        ]),
    ])
    .describing("Jobs from their submission to their end.");
}

dashboard! {
    static WORKERS: Dashboard = Dashboard::new("Workers and machines", &[
        Panel::lines("Workers", &[
            highest(AVAILABLE).named("available"),
            sum(ACTIVE).named("running jobs"),
            sum(SLOTS).named("slots"),
        ]),
        Panel::gauge("Saturation of the busiest worker", &[highest(SATURATION)])
            .between(0.0, 1.0)
            .warning(Comparison::AtLeast, 0.9, MINUTE.saturating_mul(30))
            .alerting("JobQueueWorkersSaturated"),
        Panel::lines("Memory of the processes", &[sum(MEMORY).by(&["type"])]),
        Panel::lines("Processors", &[highest(CPU)])
            .warning(Comparison::Above, 0.9, MINUTE.saturating_mul(15))
            .alerting("JobQueueProcessorsBusy"),
        Panel::lines("Memory of the machines", &[highest(HOST_MEMORY)])
            .warning(Comparison::Above, 0.9, MINUTE.saturating_mul(15))
            .critical(Comparison::Above, 0.97, MINUTE.saturating_mul(5))
            .alerting("JobQueueMemoryFull"),
        Panel::lines("Disks", &[latest(DISK_USAGE).by(&["path", "type"])]),
        Panel::gauge("Share of a disk that is used", &[ratio(&[
            highest(DISK_USAGE).with(&[("type", "used")]).by(&["path"]),
            total(&[
                highest(DISK_USAGE).with(&[("type", "used")]).by(&["path"]),
                highest(DISK_USAGE).with(&[("type", "free")]).by(&["path"]),
            ]),
        ])])
        .between(0.0, 1.0)
        .warning(Comparison::Above, 0.8, MINUTE.saturating_mul(15))
        .critical(Comparison::Above, 0.95, MINUTE.saturating_mul(5))
        .alerting("JobQueueDiskFull"),
        Panel::lines("Transfers", &[
            rate(DISK_IO).named("disks"),
            rate(NETWORK_IO).named("network"),
        ]),
        Panel::lines("GPUs", &[latest(GPU_USE).by(&["gpu_index"])]).between(0.0, 100.0),
        Panel::lines("Memory of the GPUs", &[latest(GPU_MEMORY).by(&["gpu_index"])]),
    ])
    .describing("Capacity, and what it runs on.");
}

dashboard! {
    static COSTS: Dashboard = Dashboard::new("Cost", &[
        Panel::figure("Cost", &[increase(COST)]).in_unit("{USD}"),
        Panel::stacked("Cost by service", &[rate(COST).by(&["service"])]),
        Panel::stacked("Billable operations by service", &[rate(OPERATIONS).by(&["service"])]),
    ])
    .describing("What jobs cost.");
}

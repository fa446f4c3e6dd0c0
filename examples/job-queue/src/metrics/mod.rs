//! The metrics of job-queue: every name, label and unit of its list, and those that its list names
//! in words only.
//!
//! | set | recorded by |
//! |---|---|
//! | [`ApplicationMetrics`] | the workers, whose attempts are jobs; the levels by [`QueueLevels`] |
//! | [`BusinessMetrics`] | the workers, when the end of an attempt is stored |
//! | [`CapacityMetrics`] | the workers |
//! | [`ModelMetrics`] | the cache of models |
//! | [`ApiMetrics`], [`SubmissionMetrics`] | the API |
//! | [`HttpMetrics`] | the instrumentation `http_server`, by roles |
//! | [`QueueMetrics`] | the process that sweeps the queue |
//! | [`ProcessMemoryMetrics`], [`HostMetrics`] | the instrumentations `process` and `host`, by roles |
//! | [`GpuIndexMetrics`] | the instrumentation `gpu`, which ships the names of the list |

mod api;
mod application;
mod business;
mod dashboards;
mod http;
mod labels;
mod limits;
mod models;
mod process;
mod queue;
mod resources;

pub use api::{ApiMetrics, DisconnectReason, SubmissionMetrics};
pub use application::{ApplicationMetrics, ErrorLabels, JobLabels, JobStatusLabels, Status};
pub use business::{BusinessMetrics, CapacityMetrics, WorkerLabels};
pub use http::HttpMetrics;
pub use labels::{PriorityLabels, ServiceLabels, WorkerId};
pub use models::{CacheResult, DownloadResult, ModelMetrics};
pub use process::{MemoryLabels, ProcessMemoryMetrics, observe_process};
pub use queue::{QueueLevels, QueueMetrics};
pub use resources::{DiskLabels, HostMetrics};

use osapi_metrics::{MetricDescriptor, instrumentation::gpu::GpuIndexMetrics};

/// Every metric of these sets.
pub fn descriptors() -> impl Iterator<Item = &'static MetricDescriptor> {
    let sets = [
        ApplicationMetrics::DESCRIPTORS,
        BusinessMetrics::DESCRIPTORS,
        CapacityMetrics::DESCRIPTORS,
        ModelMetrics::DESCRIPTORS,
        ApiMetrics::DESCRIPTORS,
        HttpMetrics::DESCRIPTORS,
        SubmissionMetrics::DESCRIPTORS,
        QueueMetrics::DESCRIPTORS,
        ProcessMemoryMetrics::DESCRIPTORS,
        HostMetrics::DESCRIPTORS,
        GpuIndexMetrics::DESCRIPTORS,
    ];
    sets.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use osapi_metrics::descriptor::{
        InstrumentKind::{Counter, Gauge, Histogram, UpDownCounter},
        LabelValues,
    };

    use super::*;

    const JOB: [&str; 3] = ["service", "priority", "worker_id"];

    /// The list of job-queue, without the HTTP server, the machine and the GPUs.
    #[test]
    fn the_metrics_are_those_of_the_list() {
        let seconds = &[0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0][..];
        let waits = &[1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0][..];
        for (name, kind, observable, unit, labels, buckets) in [
            ("jobs_processed_total", Counter, false, "{job}", with(&["status"]), None),
            ("errors_total", Counter, false, "{error}", with(&["error_type", "error_name"]), None),
            ("jobs_active", UpDownCounter, false, "{job}", with(&[]), None),
            ("queue_size", Gauge, true, "{job}", vec![], None),
            ("workers_available", Gauge, true, "{worker}", vec![], None),
            ("job_duration_seconds", Histogram, false, "s", with(&["status"]), Some(seconds)),
            ("job_queue_wait_seconds", Histogram, false, "s", vec![], Some(waits)),
            ("job_output_size_bytes", Histogram, false, "By", with(&[]), None),
            ("process_memory_usage_bytes", Gauge, true, "By", vec!["type"], None),
        ] {
            let metric = descriptors().find(|metric| metric.prometheus_name() == name).unwrap();
            assert_eq!((metric.kind, metric.observable), (kind, observable), "{name}");
            assert_eq!(metric.unit, Some(unit), "{name}");
            let keys: Vec<_> = metric.labels.iter().map(|label| label.key).collect();
            assert_eq!(keys, labels, "{name}");
            if let Some(buckets) = buckets {
                assert_eq!(metric.buckets, buckets, "{name}");
            }
        }
        let values = |name: &str, key: &str| {
            let metric = descriptors().find(|metric| metric.name == name).unwrap();
            let label = metric.labels.iter().find(|label| label.key == key).unwrap();
            let LabelValues::Closed(values) = label.values else { panic!("{name} is open") };
            values
        };
        assert_eq!(values("jobs_processed_total", "status"), ["started", "completed", "failed"]);
        let types = ["timeout", "memory", "network", "connection", "unknown"];
        assert_eq!(values("errors_total", "error_type"), types);
        assert_eq!(values("process_memory_usage_bytes", "type"), ["heap", "heap_total", "rss"]);
    }

    /// The labels of a job, and others behind them.
    fn with(others: &[&'static str]) -> Vec<&'static str> {
        [&JOB[..], others].concat()
    }
}

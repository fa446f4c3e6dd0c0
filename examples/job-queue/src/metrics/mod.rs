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
//! | [`EventMetrics`] | the API, for clients of events |
//! | [`HttpMetrics`] | the instrumentation `http_server`, by roles |
//! | [`QueueMetrics`] | the process that sweeps the queue |
//! | [`ProcessMemoryMetrics`], [`HostMetrics`], [`GpuMetrics`] | the instrumentations `process`, `host` and `gpu`, by roles |

mod api;
mod application;
mod business;
mod events;
mod http;
mod labels;
mod models;
mod process;
mod queue;
mod resources;

pub use api::{ApiMetrics, DisconnectReason, SubmissionMetrics};
pub use application::{ApplicationMetrics, ErrorLabels, JobLabels, JobStatusLabels, Status};
pub use business::{BusinessMetrics, CapacityMetrics, WorkerLabels};
pub use events::{DisconnectReason, EventMetrics};
pub use http::HttpMetrics;
pub use labels::{PriorityLabels, ServiceLabels, WorkerId};
pub use models::{CacheResult, DownloadResult, ModelMetrics};
pub use process::{MemoryLabels, ProcessMemoryMetrics, observe_process};
pub use queue::{QueueLevels, QueueMetrics};
pub use resources::{DiskLabels, GpuLabels, GpuMetrics, HostMetrics};

use osapi_metrics::MetricDescriptor;

/// Every metric of these sets.
pub fn descriptors() -> impl Iterator<Item = &'static MetricDescriptor> {
    let sets = [
        ApplicationMetrics::DESCRIPTORS,
        BusinessMetrics::DESCRIPTORS,
        CapacityMetrics::DESCRIPTORS,
        ModelMetrics::DESCRIPTORS,
        ApiMetrics::DESCRIPTORS,
        EventMetrics::DESCRIPTORS,
        HttpMetrics::DESCRIPTORS,
        SubmissionMetrics::DESCRIPTORS,
        QueueMetrics::DESCRIPTORS,
        ProcessMemoryMetrics::DESCRIPTORS,
        HostMetrics::DESCRIPTORS,
        GpuMetrics::DESCRIPTORS,
    ];
    sets.into_iter().flatten()
}

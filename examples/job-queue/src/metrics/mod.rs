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
//! | [`QueueMetrics`] | the process that sweeps the queue |
//! | [`ProcessMemoryMetrics`] | the instrumentation `process`, by roles |

mod api;
mod application;
mod business;
mod labels;
mod models;
mod process;
mod queue;

pub use api::{ApiMetrics, DisconnectReason, SubmissionMetrics};
pub use application::{ApplicationMetrics, ErrorLabels, JobLabels, JobStatusLabels, Status};
pub use business::{BusinessMetrics, CapacityMetrics, WorkerLabels};
pub use labels::{PriorityLabels, ServiceLabels, WorkerId};
pub use models::{CacheResult, DownloadResult, ModelMetrics};
pub use process::{MemoryLabels, ProcessMemoryMetrics, observe_process};
pub use queue::{QueueLevels, QueueMetrics};

use osapi_metrics::MetricDescriptor;

/// Every metric of these sets.
pub fn descriptors() -> impl Iterator<Item = &'static MetricDescriptor> {
    let sets = [
        ApplicationMetrics::DESCRIPTORS,
        BusinessMetrics::DESCRIPTORS,
        CapacityMetrics::DESCRIPTORS,
        ModelMetrics::DESCRIPTORS,
        ApiMetrics::DESCRIPTORS,
        SubmissionMetrics::DESCRIPTORS,
        QueueMetrics::DESCRIPTORS,
        ProcessMemoryMetrics::DESCRIPTORS,
    ];
    sets.into_iter().flatten()
}

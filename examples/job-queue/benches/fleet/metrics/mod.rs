//! The metrics of job-queue's workers: its own source files, with other [`limits`].
//!
//! The library itself is not linked in, because one metric is declared once in a program.

#[path = "../../../src/metrics/application.rs"]
#[allow(dead_code, unreachable_pub, reason = "public in the library")]
mod application;
#[path = "../../../src/metrics/business.rs"]
#[allow(dead_code, unreachable_pub, clippy::struct_field_names, reason = "public in the library")]
mod business;
#[path = "../../../src/metrics/labels.rs"]
#[allow(dead_code, unreachable_pub, reason = "public in the library")]
mod labels;
mod limits;

pub(crate) use application::{ApplicationMetrics, JobLabels};
pub(crate) use business::{BusinessMetrics, CapacityMetrics, WorkerLabels};
pub(crate) use labels::{ServiceLabels, WorkerId};

use osapi_metrics::labels::SeriesLabels;

/// Ends the series of jobs that `keep` does not keep.
pub(crate) fn retain_jobs(keep: impl Fn(&SeriesLabels) -> bool) {
    let metrics = ApplicationMetrics::global();
    metrics.jobs_processed_total.retain(&keep);
    metrics.errors_total.retain(&keep);
    metrics.jobs_active.retain(&keep);
    metrics.job_duration_seconds.retain(&keep);
    metrics.job_output_size_bytes.retain(&keep);
}

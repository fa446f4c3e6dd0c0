#![deny(dead_code)]

use osapi_metrics::{
    Counter, Histogram, MetricSet, ObservableGauge, UpDownCounter, instrumented_job,
    jobs::JobLabels,
};

#[derive(MetricSet)]
#[metric_set(job(labels = JobLabels))]
struct Steps {
    /// Steps started.
    #[metric(on = started)]
    steps_started_total: Counter<JobLabels>,
    /// Steps now running.
    #[metric(on = active)]
    steps_active: UpDownCounter<JobLabels>,
    /// How long steps take.
    #[metric(unit = "s", on = duration)]
    step_duration_seconds: Histogram<JobLabels>,
    /// How long the oldest step has run.
    #[metric(unit = "s", on = oldest_active)]
    step_oldest_seconds: ObservableGauge<JobLabels>,
    /// Steps that nobody counts.
    steps_skipped_total: Counter<JobLabels>,
}

#[instrumented_job(metrics = Steps, labels = JobLabels { job_name: "resize".into() })]
fn resize(width: u32) -> u32 {
    width / 2
}

fn main() {
    resize(2);
}

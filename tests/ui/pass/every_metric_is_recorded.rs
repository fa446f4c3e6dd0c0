//! A metric that is recorded by hand or that records job events is used, and a set without warnings has no
//! other. What a set, or a handler without one, brings along is never reported.

#![deny(warnings, dead_code)]

use osapi_metrics::{
    Counter, Histogram, LabelSet, LabelValue, MetricSet, ObservableGauge, UpDownCounter,
    instrumented_job,
    jobs::JobLabels,
};

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Outcome {
    Taken,
    Left,
}

#[derive(MetricSet)]
struct Queue {
    /// Items that were looked at.
    items_seen_total: Counter<Outcome>,
}

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
}

#[instrumented_job(metrics = Steps, labels = JobLabels { job_name: "resize".into() })]
fn resize(width: u32) -> u32 {
    width / 2
}

#[instrumented_job]
fn crop(width: u32) -> u32 {
    width / 3
}

fn main() {
    for outcome in [Outcome::Taken, Outcome::Left] {
        Queue::global().items_seen_total.with(outcome).inc();
    }
    assert_eq!(resize(12) + crop(12), 10);
}

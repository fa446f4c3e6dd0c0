//! Tasker: tasks made of steps, which workers execute.

mod orchestration;
mod resources;
mod worker;

pub(crate) use orchestration::{OrchestrationMetrics, TaskLabels};
pub(crate) use resources::{DatabaseMetrics, MessagingMetrics, ResilienceMetrics};
pub(crate) use worker::{HandlerType, StepLabels, WorkerMetrics};

use osapi_metrics::LabelSet;

/// Identifies one request in all of its steps.
#[derive(Clone, Debug, LabelSet)]
pub(crate) struct Correlation {
    #[label(max = 200)]
    correlation_id: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(crate) struct Namespace {
    #[label(max = 10)]
    namespace: String,
}

pub(crate) const MILLISECONDS: [f64; 10] =
    [1.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1_000.0, 5_000.0, 10_000.0, 60_000.0];

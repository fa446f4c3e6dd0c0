//! A service with names of its own: a set that records job events, and a handler that names it.

use osapi_metrics::{
    Counter, ErrorType, Histogram, LabelSet, MetricSet, UpDownCounter, instrumented_job,
};

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 20)]
    namespace: String,
}

#[derive(LabelSet)]
struct StepFailureLabels {
    #[label(flatten)]
    step: StepLabels,
    #[label(max = 50, job = error_type)]
    error_type: String,
}

impl StepFailureLabels {
    fn namespace(&self) -> &str {
        &self.step.namespace
    }
}

#[derive(MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels), allow(non_base_units))]
struct StepMetrics {
    /// Step executions attempted.
    #[metric(name = "tasker.steps.executions.total", unit = "{step}", on = started)]
    executions: Counter<StepLabels>,
    /// Step executions that failed.
    #[metric(name = "tasker.steps.failures.total", unit = "{step}", on = failed)]
    failures: Counter<StepFailureLabels>,
    /// Step execution time.
    #[metric(
        name = "tasker.step.execution.duration",
        unit = "ms",
        on = duration,
        buckets = [5, 10, 50, 100, 500, 1000, 5000]
    )]
    duration: Histogram<StepLabels>,
    /// Steps now executing.
    #[metric(name = "tasker.steps.active_executions", unit = "{step}", on = active)]
    active: UpDownCounter<StepLabels>,
    /// Steps that ended, whatever their namespace.
    #[metric(name = "tasker.steps.ended.total", unit = "{step}", on = finished)]
    ended: Counter,
}

#[derive(ErrorType)]
enum StepError {
    NotFound,
}

struct Step {
    namespace: String,
    known: bool,
}

#[instrumented_job(
    metrics = StepMetrics,
    labels = StepLabels { namespace: step.namespace.clone() },
)]
fn execute_step(step: Step) -> Result<(), StepError> {
    if step.known { Ok(()) } else { Err(StepError::NotFound) }
}

fn main() {
    for known in [true, false] {
        let _executed = execute_step(Step { namespace: "mail".to_owned(), known });
    }
    let step = StepLabels { namespace: "mail".to_owned() };
    assert_eq!(StepFailureLabels { step, error_type: String::new() }.namespace(), "mail");
}

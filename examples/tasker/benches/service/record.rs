//! Records the metrics of tasks, without the tasks.

use std::time::Duration;

use osapi_metrics::{Metrics, config::Environment, instrumented_job};
use tasker::metrics::{
    CorrelationId, CorrelationLabels, FinalState, FinalizationLabels, HandlerType, NamedStepLabels,
    Namespace, OrchestrationMetrics, ResultLabels, ResultType, StepLabels, SubmissionLabels,
    SubmittedResult, TaskLabels, TaskTypeLabels, WorkerMetrics,
};

const STEPS: [&str; 4] = ["first", "second", "third", "fourth"];

/// Records these tasks, whose ids repeat after `ids` tasks.
pub(crate) fn tasks(tasks: usize, ids: usize) {
    let metrics = Metrics::builder().enabled(true).environment(Environment::default()).install();
    let metrics = metrics.expect("metrics that can be installed");
    for number in 0..tasks {
        task(&CorrelationId::from(format!("task-{}", number % ids).as_str()));
    }
    metrics.shutdown().expect("no exporter to wait for");
}

fn task(correlation_id: &CorrelationId) {
    const TIME: Duration = Duration::from_millis(2);
    let (task_type, namespace) = ("math.linear", "math");
    let id = || Some(correlation_id.clone());
    let metrics = OrchestrationMetrics::global();
    metrics.requests.with(TaskLabels { correlation_id: id(), task_type, namespace }).inc();
    let labels = TaskTypeLabels { correlation_id: id(), task_type };
    metrics.initialization.with(labels).record_duration(TIME);
    for step_name in STEPS {
        let namespace = Namespace::from(namespace);
        let labels = NamedStepLabels {
            correlation_id: id(),
            namespace: namespace.clone(),
            step_name: step_name.to_owned(),
        };
        metrics.enqueued.with(labels).inc();
        step(id(), namespace);
        let labels = ResultLabels { correlation_id: id(), result_type: ResultType::Success };
        metrics.results_processed.with(labels.clone()).inc();
        metrics.result_processing.with(labels).record_duration(TIME);
    }
    metrics.completions.with(CorrelationLabels { correlation_id: id() }).inc();
    let labels = FinalizationLabels { correlation_id: id(), final_state: FinalState::Complete };
    metrics.finalization.with(labels).record_duration(TIME);
}

fn step(correlation_id: Option<CorrelationId>, namespace: Namespace) {
    execute(correlation_id.clone(), namespace);
    let metrics = WorkerMetrics::global();
    let labels = SubmissionLabels { correlation_id, result_type: SubmittedResult::Completion };
    metrics.results_submitted.with(labels.clone()).inc();
    metrics.submission.with(labels).record_duration(Duration::from_millis(1));
}

#[instrumented_job(
    metrics = WorkerMetrics,
    labels = StepLabels { correlation_id, namespace, handler_type: HandlerType::Rust },
)]
fn execute(correlation_id: Option<CorrelationId>, namespace: Namespace) {}

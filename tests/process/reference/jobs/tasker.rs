use osapi_metrics::{ErrorType, JobMetricSet, instrumented_job};

use super::{Work, assert_boundaries, cancel, panic, run, shown};
use crate::tasker::{
    HandlerType, MILLISECONDS, OrchestrationMetrics, StepLabels, TaskLabels, WorkerMetrics,
};

#[derive(Debug, ErrorType)]
enum StepError {
    ClaimFailed,
    #[error_type(rename = "claim_failed", timeout)]
    ClaimTooSlow,
    DatabaseError,
    StepNotFound,
    MessageDeletionFailed,
    /// An error without a class of its own in the label.
    NoConnection,
}

struct Step {
    correlation_id: &'static str,
    namespace: &'static str,
    handler_type: HandlerType,
    work: Work<(), StepError>,
}

#[instrumented_job(
    metrics = WorkerMetrics,
    labels = StepLabels {
        correlation_id: step.correlation_id.to_owned(),
        namespace: step.namespace.to_owned(),
        handler_type: step.handler_type,
    },
)]
async fn execute_step(step: Step) -> Result<(), StepError> {
    step.work.perform().await
}

#[test]
fn steps_are_shown_as_they_were() {
    let billing = |work| {
        let (namespace, handler_type) = ("billing", HandlerType::Rust);
        execute_step(Step { correlation_id: "a", namespace, handler_type, work })
    };
    let mail = |correlation_id, handler_type, work| {
        execute_step(Step { correlation_id, namespace: "mail", handler_type, work })
    };
    for _ in 0..2 {
        run(billing(Work::Return(()))).unwrap();
    }
    for error in [StepError::ClaimFailed, StepError::ClaimTooSlow, StepError::NoConnection] {
        run(billing(Work::Fail(error))).unwrap_err();
    }
    for error in
        [StepError::DatabaseError, StepError::StepNotFound, StepError::MessageDeletionFailed]
    {
        run(mail("a", HandlerType::Rust, Work::Fail(error))).unwrap_err();
    }
    run(mail("b", HandlerType::Ruby, Work::Return(()))).unwrap();
    panic(|| run(mail("b", HandlerType::Ruby, Work::Panic)));
    cancel(mail("b", HandlerType::Ruby, Work::Hang), || {
        let active = [
            "tasker_steps_active_executions{handler_type=ruby namespace=mail} 1",
            "tasker_steps_active_executions{handler_type=rust namespace=billing} 0",
            "tasker_steps_active_executions{handler_type=rust namespace=mail} 0",
        ];
        assert_eq!(shown(&["tasker_steps_active_executions"]), active);
    });

    let duration = "tasker_step_execution_duration_milliseconds";
    let families = [
        "tasker_steps_executions_total",
        "tasker_steps_successes_total",
        "tasker_steps_failures_total",
        "tasker_steps_active_executions",
        duration,
    ];
    let expected = [
        "tasker_steps_executions_total{correlation_id=a} 8",
        "tasker_steps_executions_total{correlation_id=b} 3",
        "tasker_steps_successes_total{correlation_id=a namespace=billing} 2",
        "tasker_steps_successes_total{correlation_id=b namespace=mail} 1",
        "tasker_steps_failures_total{correlation_id=a error_type=claim_failed namespace=billing} 2",
        "tasker_steps_failures_total{correlation_id=a error_type=database_error namespace=billing} 1",
        "tasker_steps_failures_total{correlation_id=a error_type=database_error namespace=mail} 1",
        "tasker_steps_failures_total{correlation_id=a error_type=message_deletion_failed namespace=mail} 1",
        "tasker_steps_failures_total{correlation_id=a error_type=step_not_found namespace=mail} 1",
        "tasker_steps_active_executions{handler_type=ruby namespace=mail} 0",
        "tasker_steps_active_executions{handler_type=rust namespace=billing} 0",
        "tasker_steps_active_executions{handler_type=rust namespace=mail} 0",
        "tasker_step_execution_duration_milliseconds{correlation_id=a namespace=billing result=error} 3 samples",
        "tasker_step_execution_duration_milliseconds{correlation_id=a namespace=billing result=success} 2 samples",
        "tasker_step_execution_duration_milliseconds{correlation_id=a namespace=mail result=error} 3 samples",
        "tasker_step_execution_duration_milliseconds{correlation_id=b namespace=mail result=error} 2 samples",
        "tasker_step_execution_duration_milliseconds{correlation_id=b namespace=mail result=success} 1 samples",
    ];
    assert_eq!(shown(&families), expected);
    assert_boundaries(duration, &MILLISECONDS);
}

#[derive(Debug, ErrorType)]
enum TaskError {
    StepFailed,
    #[error_type(timeout)]
    TooSlow,
}

fn task(correlation_id: &str, task_type: &str, namespace: &str) -> TaskLabels {
    TaskLabels {
        correlation_id: correlation_id.to_owned(),
        task_type: task_type.to_owned(),
        namespace: namespace.to_owned(),
    }
}

#[instrumented_job(metrics = OrchestrationMetrics, labels = task)]
async fn finalize(task: TaskLabels, work: Work<(), TaskError>) -> Result<(), TaskError> {
    work.perform().await
}

#[test]
fn tasks_are_shown_as_they_were() {
    let requested = OrchestrationMetrics::global();
    let order = || task("a", "order", "billing");
    for _ in 0..4 {
        requested.created(&order());
    }
    requested.created(&task("a", "refund", "billing"));
    requested.created(&task("b", "order", "mail"));

    run(finalize(order(), Work::Return(()))).unwrap();
    run(finalize(order(), Work::Fail(TaskError::StepFailed))).unwrap_err();
    run(finalize(task("a", "refund", "billing"), Work::Fail(TaskError::TooSlow))).unwrap_err();
    run(finalize(task("b", "order", "mail"), Work::Return(()))).unwrap();
    panic(|| run(finalize(task("b", "order", "mail"), Work::Panic)));
    cancel(finalize(task("b", "order", "mail"), Work::Hang), || ());

    let duration = "tasker_task_finalization_duration_milliseconds";
    let families = [
        "tasker_tasks_requests_total",
        "tasker_tasks_completions_total",
        "tasker_tasks_failures_total",
        duration,
    ];
    let expected = [
        "tasker_tasks_requests_total{correlation_id=a namespace=billing task_type=order} 4",
        "tasker_tasks_requests_total{correlation_id=a namespace=billing task_type=refund} 1",
        "tasker_tasks_requests_total{correlation_id=b namespace=mail task_type=order} 1",
        "tasker_tasks_completions_total{correlation_id=a} 1",
        "tasker_tasks_completions_total{correlation_id=b} 1",
        "tasker_tasks_failures_total{correlation_id=a} 2",
        "tasker_tasks_failures_total{correlation_id=b} 1",
        "tasker_task_finalization_duration_milliseconds{correlation_id=a final_state=complete} 1 samples",
        "tasker_task_finalization_duration_milliseconds{correlation_id=a final_state=error} 2 samples",
        "tasker_task_finalization_duration_milliseconds{correlation_id=b final_state=cancelled} 1 samples",
        "tasker_task_finalization_duration_milliseconds{correlation_id=b final_state=complete} 1 samples",
        "tasker_task_finalization_duration_milliseconds{correlation_id=b final_state=error} 1 samples",
    ];
    assert_eq!(shown(&families), expected);
    assert_boundaries(duration, &MILLISECONDS);
}

//! A service with a job metric set of its own.

use std::{
    borrow::Cow,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, SystemTime},
};

use osapi_metrics::{
    Counter, ErrorType, Histogram, JobStatus, LabelSet, LabelValue, MetricSet, ObservableGauge,
    UpDownCounter, instrumented_job,
};

use crate::read;

#[derive(Clone, Debug, LabelSet)]
struct StepLabels {
    #[label(max = 20)]
    namespace: &'static str,
}

#[derive(Debug, LabelSet)]
struct StepFailureLabels {
    #[label(flatten)]
    step: StepLabels,
    #[label(max = 20, job = error_type)]
    error_type: Cow<'static, str>,
}

#[derive(Debug, MetricSet)]
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
        buckets = [5, 10, 50, 100, 500, 1000, 5000],
    )]
    duration: Histogram<StepLabels>,
    /// Steps now executing.
    #[metric(name = "tasker.steps.active_executions", unit = "{step}", on = active)]
    active: UpDownCounter<StepLabels>,
}

struct Step {
    namespace: &'static str,
    work: Result<u32, StepError>,
}

#[derive(Debug, PartialEq, ErrorType)]
enum StepError {
    Rejected,
    #[error_type(timeout)]
    TooSlow,
}

#[instrumented_job(metrics = StepMetrics, labels = StepLabels { namespace: step.namespace })]
async fn execute_step(step: Step) -> Result<u32, StepError> {
    tokio::task::yield_now().await;
    step.work
}

#[tokio::test]
async fn a_set_of_its_own_records_job_events() {
    let step = |namespace, work| Step { namespace, work };
    assert_eq!(execute_step(step("billing", Ok(1))).await, Ok(1));
    assert_eq!(execute_step(step("billing", Ok(2))).await, Ok(2));
    let rejected = execute_step(step("billing", Err(StepError::Rejected))).await;
    assert_eq!(rejected, Err(StepError::Rejected));
    execute_step(step("mail", Err(StepError::TooSlow))).await.unwrap_err();

    let reading = read();
    for (namespace, executions) in [("billing", 3_u8), ("mail", 1)] {
        let labels = [("namespace", namespace)];
        let started = reading.number("tasker_steps_executions_total", &labels);
        assert_eq!(started, Some(f64::from(executions)), "{namespace}");
        assert_eq!(reading.number("tasker_steps_active_executions", &labels), Some(0.0));
        let duration = reading.histogram("tasker_step_execution_duration_milliseconds", &labels);
        let duration = duration.unwrap();
        assert_eq!(duration.count, u64::from(executions), "{namespace}");
        assert_eq!(duration.bounds, [5.0, 10.0, 50.0, 100.0, 500.0, 1000.0, 5000.0]);
    }
    let failures = |namespace, error_type| {
        let labels = [("namespace", namespace), ("error_type", error_type)];
        reading.number("tasker_steps_failures_total", &labels)
    };
    assert_eq!(failures("billing", "rejected"), Some(1.0));
    assert_eq!(failures("mail", "too_slow"), None, "`failed` is not `timed_out`");
    // The set of the framework does not record the job.
    let shipped = reading.label_values("osapi_jobs_started_total", "job_name");
    assert!(!shipped.iter().any(|name| name == "execute_step"), "{shipped:?}");
}

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum Queue {
    Urgent,
    Bulk,
}

#[derive(Debug, LabelSet)]
struct QueueEndLabels {
    #[label(flatten)]
    queue: Queue,
    #[label(job = status)]
    status: JobStatus,
}

/// One metric for every job event.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "batch", job(labels = Queue))]
struct BatchMetrics {
    /// Started.
    #[metric(on = started)]
    started_total: Counter<Queue>,
    /// Returned.
    #[metric(on = completed)]
    returned_total: Counter<Queue>,
    /// Failed.
    #[metric(on = failed)]
    failed_total: Counter<Queue>,
    /// Timed out.
    #[metric(on = timed_out)]
    timed_out_total: Counter<Queue>,
    /// Cancelled.
    #[metric(on = cancelled)]
    cancelled_total: Counter<Queue>,
    /// Panicked, in fractions and without labels.
    #[metric(on = panicked)]
    panicked_total: Counter<(), f64>,
    /// Ended in any way.
    #[metric(on = finished)]
    ended_total: Counter<QueueEndLabels>,
    /// Now running, in fractions.
    #[metric(on = active)]
    running: UpDownCounter<Queue, f64>,
    /// Time taken, in whole seconds.
    #[metric(unit = "s", on = duration)]
    duration_seconds: Histogram<QueueEndLabels, u64>,
    /// Time waited.
    #[metric(unit = "s", on = queue_wait)]
    wait_seconds: Histogram,
    /// Output.
    #[metric(unit = "By", on = output_size)]
    output_bytes: Histogram<Queue>,
    /// Age of the oldest job.
    #[metric(unit = "s", on = oldest_active)]
    oldest_seconds: ObservableGauge<Queue>,
    /// Follows nothing.
    #[expect(dead_code, reason = "exported nevertheless")]
    batches_total: Counter,
}

fn ninety_seconds_ago() -> SystemTime {
    SystemTime::now() - Duration::from_secs(90)
}

enum Batch {
    Return(Vec<u8>),
    Fail,
    Late,
    Hang,
    Panic,
}

#[instrumented_job(
    metrics = BatchMetrics,
    labels = queue,
    queued_at = ninety_seconds_ago(),
    output_size = |output: &Vec<u8>| output.len(),
    error_type = |error: &&'static str| *error,
)]
async fn run(queue: Queue, batch: Batch) -> Result<Vec<u8>, &'static str> {
    match batch {
        Batch::Return(output) => Ok(output),
        Batch::Fail => Err("broken"),
        Batch::Late => Err("timeout"),
        Batch::Hang => pending().await,
        Batch::Panic => panic!("as asked"),
    }
}

#[test]
fn every_event_can_be_recorded() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for batch in [Batch::Return(vec![0; 7]), Batch::Return(vec![0; 3]), Batch::Fail, Batch::Late] {
        let _ = runtime.block_on(run(Queue::Urgent, batch));
    }
    let panicking = || runtime.block_on(run(Queue::Urgent, Batch::Panic));
    catch_unwind(AssertUnwindSafe(panicking)).unwrap_err();
    {
        let mut hanging = Box::pin(run(Queue::Bulk, Batch::Hang));
        runtime.block_on(async {
            tokio::select! {
                biased;
                _ = &mut hanging => {}
                () = tokio::task::yield_now() => {}
            }
        });
        let reading = read();
        assert_eq!(reading.number("batch_running", &[("queue", "bulk")]), Some(1.0));
        assert!(reading.number("batch_oldest_seconds", &[("queue", "bulk")]) > Some(0.0));
        assert_eq!(reading.number("batch_oldest_seconds", &[("queue", "urgent")]), None);
    }

    let reading = read();
    let urgent = [("queue", "urgent")];
    let bulk = [("queue", "bulk")];
    assert_eq!(reading.number("batch_started_total", &urgent), Some(5.0));
    assert_eq!(reading.number("batch_started_total", &bulk), Some(1.0));
    assert_eq!(reading.number("batch_returned_total", &urgent), Some(2.0));
    assert_eq!(reading.number("batch_failed_total", &urgent), Some(1.0));
    assert_eq!(reading.number("batch_timed_out_total", &urgent), Some(1.0));
    assert_eq!(reading.number("batch_cancelled_total", &bulk), Some(1.0));
    assert_eq!(reading.number("batch_cancelled_total", &urgent), Some(0.0));
    assert_eq!(reading.number("batch_panicked_total", &[]), Some(1.0));
    for (queue, status, number) in [
        ("urgent", "completed", 2_u8),
        ("urgent", "failed", 1),
        ("urgent", "timed_out", 1),
        ("urgent", "panicked", 1),
        ("bulk", "cancelled", 1),
        ("bulk", "completed", 0),
    ] {
        let labels = [("queue", queue), ("status", status)];
        let ended = reading.number("batch_ended_total", &labels);
        assert_eq!(ended, Some(f64::from(number)), "{labels:?}");
        let duration = reading.histogram("batch_duration_seconds", &labels);
        assert_eq!(duration.map_or(0, |duration| duration.count), u64::from(number), "{labels:?}");
    }
    for labels in [urgent, bulk] {
        assert_eq!(reading.number("batch_running", &labels), Some(0.0));
        assert_eq!(reading.number("batch_oldest_seconds", &labels), None);
    }
    let wait = reading.histogram("batch_wait_seconds", &[]).unwrap();
    assert_eq!(wait.count, 6);
    assert!(wait.sum >= 540.0, "{wait:?}");
    let output = reading.histogram("batch_output_bytes", &urgent).unwrap();
    assert_eq!((output.count, output.sum), (2, 10.0));
    assert_eq!(reading.number("batch_batches_total", &[]), Some(0.0));
}

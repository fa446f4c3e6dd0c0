//! The window of recent correlation ids, in the metric sets alone: without a database, and in the
//! process of the tests, which records nothing else.

use std::{
    collections::BTreeSet,
    io::Error,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use allocation_counter::measure;
use osapi_metrics::{Metrics, config::Environment, exposition::Format, instrumented_job};
use osapi_metrics_tests::scrape::{self, parse};
use tasker::metrics::{
    CORRELATION_WINDOW, CorrelationId, CorrelationLabels, FailureLabels, FinalState,
    FinalizationLabels, HandlerType, NamedStepLabels, Namespace, OrchestrationMetrics,
    ResultLabels, ResultType, StepErrorType, StepLabels, SubmissionLabels, SubmittedResult,
    TaskLabels, TaskTypeLabels, WorkerMetrics,
};

/// The runtime of this process.
static RUNTIME: LazyLock<Metrics> = LazyLock::new(|| {
    Metrics::builder().enabled(true).environment(Environment::default()).install().unwrap()
});

/// Waits until the other test of this file has ended.
fn take_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    LazyLock::force(&RUNTIME);
    turn
}

#[instrumented_job(
    metrics = WorkerMetrics,
    labels = StepLabels {
        correlation_id: Some(id.clone()),
        namespace: Namespace::from("math"),
        handler_type: HandlerType::Rust,
    },
)]
fn step(id: &CorrelationId) -> Result<(), Error> {
    Ok(())
}

/// Records what a task of one step records, in every metric that has the label.
fn record_task(number: u64) {
    const TIME: Duration = Duration::from_millis(3);
    let id = CorrelationId::from(format!("task-{number}").as_str());
    let correlation_id = Some(id.clone());
    let (task_type, namespace) = ("math.linear", Namespace::from("math"));
    let tasks = OrchestrationMetrics::global();
    let request =
        TaskLabels { correlation_id: correlation_id.clone(), task_type, namespace: "math" };
    tasks.requests.with(request).inc();
    let begun = TaskTypeLabels { correlation_id: correlation_id.clone(), task_type };
    tasks.initialization.with(begun).record_duration(TIME);
    let enqueued = NamedStepLabels {
        correlation_id: correlation_id.clone(),
        namespace: namespace.clone(),
        step_name: "first".to_owned(),
    };
    tasks.enqueued.with(enqueued).inc();
    // The step runs, and its failure and success are both counted.
    step(&id).expect("the step succeeds");
    let steps = WorkerMetrics::global();
    let failed = FailureLabels {
        correlation_id: correlation_id.clone(),
        namespace,
        error_type: Some(StepErrorType::ClaimFailed),
    };
    steps.failures.with(failed).inc();
    let submitted = SubmissionLabels {
        correlation_id: correlation_id.clone(),
        result_type: SubmittedResult::Completion,
    };
    steps.results_submitted.with(submitted.clone()).inc();
    steps.submission.with(submitted).record_duration(TIME);
    let result =
        ResultLabels { correlation_id: correlation_id.clone(), result_type: ResultType::Success };
    tasks.results_processed.with(result.clone()).inc();
    tasks.result_processing.with(result).record_duration(TIME);
    let ended = CorrelationLabels { correlation_id: correlation_id.clone() };
    tasks.completions.with(ended.clone()).inc();
    tasks.failures.with(ended).inc();
    let end = FinalizationLabels { correlation_id, final_state: FinalState::Complete };
    tasks.finalization.with(end).record_duration(TIME);
}

#[test]
fn after_600_tasks_the_500_last_ids_have_series() {
    let _turn = take_turn();
    (0..600).for_each(record_task);
    let text = RUNTIME.render(Format::OpenMetrics);
    let scrape = parse(&text, scrape::Format::OpenMetrics);
    let mut labelled = 0;
    for (name, family) in &scrape {
        let ids = family.series.keys().filter_map(|labels| labels.get("correlation_id"));
        let ids: BTreeSet<_> = ids.collect();
        if ids.is_empty() {
            continue;
        }
        labelled += 1;
        assert!(ids.len() <= CORRELATION_WINDOW, "{name}: {} ids", ids.len());
        assert!(ids.len() >= CORRELATION_WINDOW - 1, "{name}: {} ids", ids.len());
        for id in ["task-599", "task-101"] {
            assert!(ids.contains(&id.to_owned()), "{name} has no {id}");
        }
        assert!(!ids.contains(&"task-50".to_owned()), "{name} has an id that is not recent");
    }
    // Every metric of the list that has the label.
    assert_eq!(labelled, 14);
}

/// The ids that one counter counts: fewer in a build that is not optimized, where each takes some
/// hundredth of a millisecond.
const IDS: u64 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

#[test]
fn memory_stays_where_it_is_for_a_million_ids() {
    /// The ids that every metric has, which takes longer for each.
    const TASKS: u64 = IDS / 50;

    let _turn = take_turn();
    let completions = &OrchestrationMetrics::global().completions;
    // A scrape frees what has ended.
    let scrape = || drop(RUNTIME.render(Format::OpenMetrics));
    let work = |begin: u64, tasks: u64, ids: u64| {
        (begin..begin + tasks).for_each(record_task);
        for number in begin..begin + ids {
            let id = CorrelationId::from(format!("counted-{number}").as_str());
            completions.with(CorrelationLabels { correlation_id: Some(id) }).inc();
            if number.is_multiple_of(IDS / 20) {
                scrape();
            }
        }
        scrape();
        scrape();
    };
    // Until every buffer has its size.
    work(1_000, TASKS / 2, IDS / 20);
    let kept = measure(|| work(2_000_000, TASKS, IDS)).bytes_current;
    println!("{TASKS} ids in every metric and {IDS} ids in a counter: {kept} B");
    // Far less than the series of the ids would take, which are some kilobytes for each task.
    assert!(kept < 300_000, "{kept} B");
}

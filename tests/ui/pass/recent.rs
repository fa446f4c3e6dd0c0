//! Labels of which recent values are kept, where series can end.

use std::borrow::Cow;

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, MetricSet, UpDownCounter,
    descriptor::{LabelDescriptor, LabelValues},
};

#[derive(Clone, Debug, LabelSet)]
struct Task {
    #[label(recent = 10, key = "task_id")]
    task: Option<u64>,
}

#[derive(Clone, Debug, LabelSet)]
struct Step {
    #[label(flatten)]
    task: Task,
    #[label(recent = 5)]
    step: Cow<'static, str>,
    #[label(max = 5)]
    worker: &'static str,
}

/// Tasks.
#[derive(Debug, MetricSet)]
struct Tasks {
    /// Steps done.
    steps_done_total: Counter<Step>,
    /// Steps to do.
    steps_left: UpDownCounter<Task>,
    /// How much is done.
    #[metric(unit = "1")]
    task_progress_ratio: Gauge<Task>,
    /// How long a step takes.
    #[metric(unit = "s")]
    step_duration_seconds: Histogram<Step>,
}

const STEPS: &[LabelDescriptor] = Step::LABELS;

fn main() {
    let step = Step { task: Task { task: Some(1) }, step: "fetch".into(), worker: "w1" };
    assert_eq!(STEPS[0], LabelDescriptor::new("task_id", LabelValues::Recent { max: 10 }));
    assert_eq!(Tasks::DESCRIPTORS[0].max_series(), 250);
    let tasks = Tasks::global();
    tasks.steps_done_total.with(step.clone()).inc();
    tasks.steps_left.with(step.task.clone()).dec();
    tasks.task_progress_ratio.with(step.task.clone()).set(0.5);
    tasks.step_duration_seconds.with(step.clone()).record(0.5);
    assert!(tasks.steps_done_total.remove(step.clone()));
    assert!(tasks.step_duration_seconds.remove(step.clone()));
    assert_eq!(tasks.step_duration_seconds.retain(|_| false), 0);
    assert_eq!(tasks.steps_left.retain(|labels| labels.get("task_id").is_none()), 1);
    assert!(tasks.task_progress_ratio.remove(step.task));
}

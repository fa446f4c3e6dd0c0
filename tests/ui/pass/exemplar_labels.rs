//! Labels that only exemplars have, also of flattened sets and of jobs.

#![deny(warnings, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::{borrow::Cow, sync::Arc};

use osapi_metrics::{
    Counter, Gauge, Histogram, JobStatus, LabelSet, LabelValue, MetricSet, instrumented_job,
    labels::{LabelRef, OpenLabelValue},
};

const ORDER: &str = "order_id";

#[derive(Clone, Debug)]
struct Order(u64);

impl OpenLabelValue for Order {
    fn as_label(&self) -> LabelRef<'_> {
        self.0.as_label()
    }
}

#[derive(Clone, Copy, Debug, LabelValue)]
enum Priority {
    Low,
    High,
}

#[derive(Clone, Debug, LabelSet)]
struct Request<'a> {
    #[label(exemplar)]
    request_id: &'a str,
}

#[derive(Clone, Debug, LabelSet)]
#[label(allow(semconv_names))]
struct Step<'a> {
    #[label(exemplar, key = ORDER)]
    order: Order,
    priority: Priority,
    #[label(flatten)]
    request: Request<'a>,
    #[label(exemplar, key = "user.id")]
    user: Option<Cow<'static, str>>,
    #[label(max = 5)]
    worker: Arc<str>,
}

/// Steps.
#[derive(Debug, MetricSet)]
struct Steps {
    /// Steps done.
    steps_done_total: Counter<Step<'static>>,
    /// How long a step takes.
    #[metric(unit = "s")]
    step_duration_seconds: Histogram<Step<'static>>,
    /// Work that is left. Gauges have no exemplars.
    #[metric(unit = "1")]
    step_left_ratio: Gauge<Step<'static>>,
    /// Requests.
    step_requests_total: Counter<Request<'static>>,
}

#[derive(Clone, Debug, LabelSet)]
struct Import {
    #[label(exemplar)]
    file_id: String,
    priority: Priority,
}

#[derive(LabelSet)]
struct ImportEnd {
    #[label(flatten)]
    import: Import,
    #[label(job = status)]
    status: JobStatus,
}

#[derive(LabelSet)]
#[label(job(labels = Import))]
struct FailedFile {
    #[label(exemplar)]
    file_id: String,
    #[label(job = error_name, exemplar)]
    error_name: String,
}

/// Imports.
#[derive(Debug, MetricSet)]
#[metric_set(job(labels = Import))]
struct Imports {
    /// Imports that ended.
    #[metric(on = finished)]
    imports_ended_total: Counter<ImportEnd>,
    /// Imports that failed.
    #[metric(on = failed)]
    imports_failed_total: Counter<FailedFile>,
}

#[instrumented_job(
    metrics = Imports,
    labels = Import { file_id: file_id.to_owned(), priority: Priority::High },
)]
fn import(file_id: &str) -> Result<usize, std::num::ParseIntError> {
    file_id.parse()
}

fn main() {
    assert_eq!(Step::EXEMPLAR_LABELS, ["order_id", "request_id", "user.id"]);
    assert_eq!(Step::LABELS.iter().map(|label| label.key).collect::<Vec<_>>(), [
        "priority", "worker"
    ]);
    assert_eq!(Import::EXEMPLAR_LABELS, ["file_id"]);
    assert_eq!(ImportEnd::EXEMPLAR_LABELS, ["file_id"]);
    assert_eq!(FailedFile::EXEMPLAR_LABELS, ["file_id", "error_name"]);
    let step = || Step {
        order: Order(7),
        priority: Priority::Low,
        request: Request { request_id: "r" },
        user: None,
        worker: "w".into(),
    };
    let mut values = Vec::new();
    step().visit_exemplar_labels(&mut |value| values.push(value.to_string()));
    assert_eq!(values, ["7", "r", ""]);
    let steps = Steps::global();
    steps.steps_done_total.with(step()).inc();
    steps.step_duration_seconds.with(step()).record(0.5);
    steps.step_left_ratio.with(step()).set(0.5);
    steps.step_requests_total.with(Request { request_id: "r" }).inc();
    assert_eq!(steps.steps_done_total.with(step()).get(), 1);
    assert_eq!(import("7"), Ok(7));
    assert!(import("seven").is_err());
}

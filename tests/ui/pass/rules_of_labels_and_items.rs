//! What the rules for labels and items accept, each below its number.

#![deny(warnings, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::io;

use osapi_metrics::{
    Counter, ErrorType, Gauge, Histogram, Info, JobStatus, LabelSet, LabelValue, MetricSet,
    StateSet, UpDownCounter, instrumented_job,
    jobs::JobLabels,
};

// L1
#[derive(Clone, LabelSet)]
struct RequestLabels {
    #[label(max = 20)]
    job_name: String,
    #[label(key = "queue_name", max = 20)]
    queue: String,
}

// L2
#[derive(Clone, LabelSet)]
struct RetryLabels {
    #[label(flatten)]
    request: RequestLabels,
    retried: bool,
}

// L3
#[derive(Clone, Copy, LabelValue)]
#[label(rename_all = "kebab-case")]
enum Outcome {
    Completed,
    TimedOut,
    #[label(rename = "unknown")]
    Lost,
}

// L4
#[derive(LabelSet)]
struct TaskLabels<'a> {
    outcome: Outcome,
    retried: bool,
    #[label(max = 50)]
    namespace: &'a str,
    #[label(max = 8)]
    worker: Option<u32>,
}

// L5
#[derive(MetricSet)]
struct Tasks {
    /// Tasks that ended: 3 × 2 × 50 × 8 series at most.
    #[metric(max_series = 2400)]
    tasks_ended_total: Counter<TaskLabels<'static>>,
}

// I1
#[derive(MetricSet)]
struct Instruments {
    /// Items taken from the queue.
    items_taken_total: Counter,
    /// Energy used.
    #[metric(unit = "J")]
    energy_joules_total: Counter<(), f64>,
    /// Items in the queue.
    items_queued: UpDownCounter<RetryLabels>,
    /// Fill level of the queue.
    #[metric(unit = "1")]
    queue_fill_ratio: Gauge,
    /// How long an item waits.
    #[metric(unit = "s")]
    item_wait_seconds: Histogram,
}

// I2
#[derive(MetricSet)]
#[metric_set(prefix = "work", allow(non_base_units))]
struct Keys {
    #[metric(
        name = "work.item.wait",
        unit = "ms",
        description = "How long an item waits.",
        buckets = [1, 10, 100],
        max_series = 10
    )]
    item_wait: Histogram,
}

// I3
#[derive(Clone, LabelSet)]
struct StepEndLabels {
    #[label(flatten)]
    job: JobLabels,
    #[label(job = status)]
    status: JobStatus,
}
#[derive(MetricSet)]
#[metric_set(job(labels = JobLabels))]
struct Steps {
    /// Steps that ended.
    #[metric(on = finished)]
    steps_ended_total: Counter<StepEndLabels>,
    /// How long steps take.
    #[metric(unit = "s", on = duration, buckets = [0.1, 1, 10])]
    step_duration_seconds: Histogram<JobLabels>,
}

// I4
#[derive(MetricSet)]
#[metric_set(group)]
struct CacheMetrics {
    /// Time to look an entry up.
    #[metric(unit = "s", buckets = [0.001, 0.01, 0.1])]
    lookup_seconds: Histogram,
}
#[derive(MetricSet)]
#[metric_set(group)]
struct StoreMetrics {
    /// Entries stored.
    entries: Gauge,
    #[metric(group)]
    cache: CacheMetrics,
}
#[derive(MetricSet)]
#[metric_set(prefix = "library", runbook = "https://example.org/runbooks/library")]
struct LibraryMetrics {
    /// Books lent.
    books_lent_total: Counter,
    #[metric(group)]
    store: StoreMetrics,
}

// I5
#[derive(LabelSet)]
struct Firmware {
    #[label(max = 1)]
    version: &'static str,
}
#[derive(Clone, Copy, LabelValue)]
enum Link {
    Down,
    Up,
}
#[derive(MetricSet)]
#[metric_set(prefix = "device")]
struct DeviceMetrics {
    /// The firmware that runs.
    firmware_info: Info<Firmware>,
    /// What the link does.
    link_state: StateSet<Link>,
}

// J1
struct Resizer;
impl Resizer {
    #[instrumented_job(name = "image.resize")]
    fn resize(&self, width: u32) -> Result<u32, io::Error> {
        if width == 0 { Err(io::ErrorKind::InvalidInput.into()) } else { Ok(width / 2) }
    }
}
#[instrumented_job]
async fn crop<T>(image: T) -> T {
    image
}

// J2
#[instrumented_job(metrics = Steps, labels = JobLabels { job_name: "rotate".into() })]
fn rotate(width: u32) -> u32 {
    width
}

// J4
#[derive(ErrorType)]
enum SyncError {
    #[error_type(benign)]
    NothingToDo,
    #[error_type(rename = "conflict", benign)]
    ChangedMeanwhile,
    #[error_type(timeout)]
    NoAnswer,
}
#[instrumented_job(ok_if = |error| error.is_empty(), cancelled_if = |error| error == "shutdown")]
async fn synchronize(result: Result<u32, String>) -> Result<u32, String> {
    result
}

// J5
struct Cropper;
#[instrumented_job(prefix = "image", attempt = attempt, error_type = |_: &io::Error| "io")]
impl Cropper {
    const MAX_WIDTH: u32 = 4096;
    fn crop(&self, attempt: u32) -> io::Result<u32> {
        Ok(attempt.min(Self::MAX_WIDTH))
    }
    #[instrumented_job(name = "image.crop_twice", attempt = attempts + 1)]
    async fn crop_twice(self, attempts: u32) -> u32 {
        attempts
    }
    #[instrumented_job(skip)]
    const fn width() -> u32 {
        Self::MAX_WIDTH
    }
}

#[derive(LabelSet)]
struct TenantLabels<'a> {
    #[label(max = 20)]
    tenant: &'a str,
}

// L6
/// What tenants do.
#[derive(MetricSet)]
#[metric_set(scope(labels = TenantLabels<'static>))]
struct TenantMetrics {
    /// Values read.
    tenant_reads_total: Counter,
}

// L7
/// What imports in batches do.
#[derive(MetricSet)]
#[metric_set(constant_labels(tier = "batch", shard = "eu"))]
struct ImportMetrics {
    /// Files read, by tenant.
    files_read_total: Counter<TenantLabels<'static>>,
}

fn main() {
    let request = RequestLabels { job_name: "resize".into(), queue: "images".into() };
    let queued = &Instruments::global().items_queued;
    queued.with(RetryLabels { request, retried: true }).inc();
    for outcome in [Outcome::Completed, Outcome::TimedOut, Outcome::Lost] {
        let labels = TaskLabels { outcome, retried: false, namespace: "images", worker: Some(1) };
        Tasks::global().tasks_ended_total.with(labels).inc();
    }
    Instruments::global().items_taken_total.inc();
    Instruments::global().energy_joules_total.add(0.5);
    Instruments::global().queue_fill_ratio.set(0.5);
    Instruments::global().item_wait_seconds.record(0.5);
    Keys::global().item_wait.record(5.0);
    let library = LibraryMetrics::global();
    library.books_lent_total.inc();
    library.store.entries.set(3.0);
    library.store.cache.lookup_seconds.record(0.002);
    DeviceMetrics::global().firmware_info.set(Firmware { version: "2.1" });
    for link in [Link::Down, Link::Up] {
        DeviceMetrics::global().link_state.set(link);
    }
    assert_eq!(rotate(3), 3);
    assert!(Resizer.resize(0).is_err());
    drop(crop("image"));
    let classes = [SyncError::NothingToDo, SyncError::ChangedMeanwhile, SyncError::NoAnswer];
    assert_eq!(classes.map(|error| error.error_type()), ["nothing_to_do", "conflict", "no_answer"]);
    drop(synchronize(Ok(1)));
    assert_eq!(Cropper.crop(Cropper::width()).ok(), Some(4096));
    drop(Cropper.crop_twice(1));
    let users = TenantMetrics::scoped(TenantLabels { tenant: &String::from("users") });
    users.tenant_reads_total.inc();
    ImportMetrics::global().files_read_total.with(TenantLabels { tenant: "a" }).inc();
}

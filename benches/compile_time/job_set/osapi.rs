//! AREA, with a set of metrics that records its jobs.

mod item;

use std::borrow::Cow;

use osapi_metrics::{
    Counter, ErrorType, Gauge, Histogram, JobStatus, LabelSet, LabelValue, MetricSet,
    UpDownCounter, instrumented_job,
};

pub use item::{Item, Receipt, Summary, call};

/// The metrics of AREA.
#[derive(MetricSet)]
#[metric_set(prefix = "shop", job(labels = RunLabels))]
struct AreaMetrics {
    /// Runs started.
    #[metric(name = "shop_AREA_runs_started_total", unit = "{run}", on = started)]
    started: Counter<RunLabels>,

    /// Runs that ended, by how.
    #[metric(name = "shop_AREA_runs_completed_total", unit = "{run}", on = finished)]
    completed: Counter<RunEndLabels>,

    /// Errors of runs, by class.
    #[metric(
        name = "shop_AREA_run_errors_total",
        unit = "{error}",
        on = [failed, timed_out],
        max_series = 1000
    )]
    errors: Counter<RunErrorLabels>,

    /// Time that a run takes.
    #[metric(
        name = "shop_AREA_run_duration_seconds",
        unit = "s",
        on = duration,
        buckets = [0.01, 0.1, 1, 10, 60]
    )]
    duration: Histogram<RunEndLabels>,

    /// Runs now under way.
    #[metric(name = "shop_AREA_runs_active", unit = "{run}", on = active)]
    active: UpDownCounter<RunLabels>,

    /// Time that a run waited for its start.
    #[metric(
        name = "shop_AREA_run_wait_seconds",
        unit = "s",
        on = queue_wait,
        buckets = [0.1, 1, 10, 60, 600]
    )]
    waited: Histogram<RunLabels>,

    /// Bytes that items carried.
    #[metric(name = "shop_AREA_received_bytes_total", unit = "By")]
    received: Counter,

    /// Items that were forwarded again.
    #[metric(name = "shop_AREA_repeated_total", unit = "{item}")]
    repeated: Counter<ClientLabels>,

    /// Share of urgent items in the last summary.
    #[metric(name = "shop_AREA_urgent_ratio", unit = "1")]
    urgent: Gauge,

    /// Items that a sweep has left.
    #[metric(name = "shop_AREA_items_left", unit = "{item}")]
    left: UpDownCounter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
pub enum Channel {
    Web,
    Mobile,
    Partner,
    Batch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
pub enum Priority {
    Low,
    Normal,
    High,
}

#[derive(Clone, LabelSet)]
struct RunLabels {
    channel: Channel,
    priority: Priority,
}

#[derive(LabelSet)]
struct RunEndLabels {
    #[label(flatten)]
    run: RunLabels,
    #[label(job = status)]
    status: JobStatus,
}

#[derive(LabelSet)]
struct RunErrorLabels {
    #[label(flatten)]
    run: RunLabels,
    #[label(max = 20, job = error_type)]
    error_type: Cow<'static, str>,
}

#[derive(LabelSet)]
struct ClientLabels {
    #[label(max = 100)]
    client: String,
}

/// The reason why one of the AREA failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ErrorType)]
pub enum AreaError {
    Empty,
    TooLarge,
    Rejected,
    #[error_type(timeout)]
    TimedOut,
}

impl RunLabels {
    fn of(item: &Item) -> Self {
        Self { channel: item.channel, priority: item.priority }
    }
}

#[instrumented_job(
    metrics = AreaMetrics,
    labels = RunLabels::of(&item),
    queued_at = item.created_at,
)]
pub async fn accept_AREA(item: Item) -> Result<Receipt, AreaError> {
    item.check()?;
    AreaMetrics::global().received.add(item.size());
    let bytes = item.send("accepted").await?;
    Ok(Receipt { id: item.id, bytes })
}

#[instrumented_job(metrics = AreaMetrics, labels = RunLabels::of(item))]
pub async fn forward_AREA(item: &Item, queue: &str) -> Result<u64, AreaError> {
    if item.attempt > 5 {
        return Err(AreaError::TimedOut);
    }
    if item.attempt > 1 {
        AreaMetrics::global().repeated.with(ClientLabels { client: item.client.clone() }).inc();
    }
    item.send(queue).await
}

#[instrumented_job(metrics = AreaMetrics, labels = RunLabels::of(item))]
pub fn validate_AREA(item: &Item) -> Result<(), AreaError> {
    item.check()?;
    if item.client.is_empty() { Err(AreaError::Rejected) } else { Ok(()) }
}

#[instrumented_job(name = "AREA.summarise")]
pub fn summarise_AREA(items: &[Item]) -> Summary {
    let mut summary = Summary::default();
    for item in items {
        summary.items += 1;
        summary.bytes += item.size();
        summary.urgent += u64::from(item.priority == Priority::High);
    }
    AreaMetrics::global().urgent.set(summary.urgent as f64 / summary.items.max(1) as f64);
    summary
}

#[instrumented_job]
pub async fn sweep_AREA(items: Vec<Item>) -> usize {
    let before = items.len();
    let mut left = Vec::new();
    for item in items {
        if item.send("left").await.is_ok() {
            AreaMetrics::global().left.inc();
            left.push(item);
        }
    }
    before - left.len()
}

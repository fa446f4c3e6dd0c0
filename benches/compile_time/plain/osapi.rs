//! AREA.

mod item;

use osapi_metrics::{
    Counter, ErrorType, Gauge, Histogram, LabelSet, LabelValue, MetricSet, UpDownCounter,
    instrumented_job,
};

pub use item::{Item, Receipt, Summary, call};

/// The metrics of AREA.
#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct AreaMetrics {
    /// Accepted items, by where they came from.
    #[metric(name = "shop_AREA_accepted_total", unit = "{item}")]
    accepted: Counter<AcceptedLabels>,

    /// Bytes that items carried.
    #[metric(name = "shop_AREA_received_bytes_total", unit = "By")]
    received: Counter,

    /// Lookups of a queue.
    #[metric(name = "shop_AREA_queue_lookups_total", unit = "{lookup}")]
    lookups: Counter<LookupLabels>,

    /// Items that were forwarded again.
    #[metric(name = "shop_AREA_repeated_total", unit = "{item}")]
    repeated: Counter<ClientLabels>,

    /// Size of an item.
    #[metric(name = "shop_AREA_item_size_bytes", unit = "By", buckets = [64, 1024, 16384, 262144])]
    item_size: Histogram<(), u64>,

    /// Time that a check takes.
    #[metric(
        name = "shop_AREA_check_duration_seconds",
        unit = "s",
        buckets = [0.001, 0.01, 0.1, 1, 10]
    )]
    check_duration: Histogram<Outcome>,

    /// Share of urgent items in the last summary.
    #[metric(name = "shop_AREA_urgent_ratio", unit = "1")]
    urgent: Gauge,

    /// Items in the last summary.
    #[metric(name = "shop_AREA_summarised_items", unit = "{item}")]
    summarised: Gauge<(), u64>,

    /// Items on their way.
    #[metric(name = "shop_AREA_items_in_flight", unit = "{item}")]
    in_flight: UpDownCounter<Priority>,

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue, LabelSet)]
pub enum Priority {
    Low,
    Normal,
    High,
}

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Outcome {
    Passed,
    Refused,
}

#[derive(LabelSet)]
struct AcceptedLabels {
    channel: Channel,
    priority: Priority,
}

#[derive(LabelSet)]
struct LookupLabels {
    hit: bool,
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

#[instrumented_job(queued_at = item.created_at, output_size = |receipt: &Receipt| receipt.bytes)]
pub async fn accept_AREA(item: Item) -> Result<Receipt, AreaError> {
    let metrics = AreaMetrics::global();
    item.check()?;
    let labels = AcceptedLabels { channel: item.channel, priority: item.priority };
    metrics.accepted.with(labels).inc();
    metrics.received.add(item.size());
    metrics.item_size.record(item.size());
    let bytes = item.send("accepted").await?;
    Ok(Receipt { id: item.id, bytes })
}

#[instrumented_job(name = "AREA.forward", attempt = item.attempt)]
pub async fn forward_AREA(item: &Item, queue: &str) -> Result<u64, AreaError> {
    let metrics = AreaMetrics::global();
    if item.attempt > 5 {
        return Err(AreaError::TimedOut);
    }
    if item.attempt > 1 {
        metrics.repeated.with(ClientLabels { client: item.client.clone() }).inc();
    }
    metrics.lookups.with(LookupLabels { hit: !queue.is_empty() }).inc();
    let in_flight = metrics.in_flight.with(item.priority);
    in_flight.inc();
    let sent = item.send(queue).await;
    in_flight.dec();
    sent
}

#[instrumented_job]
pub fn validate_AREA(item: &Item) -> Result<(), AreaError> {
    let started = std::time::Instant::now();
    let checked = item.check();
    let outcome = if checked.is_ok() { Outcome::Passed } else { Outcome::Refused };
    AreaMetrics::global().check_duration.with(outcome).record_duration(started.elapsed());
    checked?;
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
    let metrics = AreaMetrics::global();
    metrics.summarised.set(summary.items);
    metrics.urgent.set(summary.urgent as f64 / summary.items.max(1) as f64);
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

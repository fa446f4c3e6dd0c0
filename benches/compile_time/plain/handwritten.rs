//! AREA.

mod item;

use std::sync::LazyLock;

use opentelemetry::{
    KeyValue, global,
    metrics::{Counter, Gauge, Histogram, UpDownCounter},
};

use crate::jobs::{ErrorKind, Job};

pub use item::{Item, Receipt, Summary, call};

/// The metrics of AREA.
struct AreaMetrics {
    accepted: Counter<u64>,
    received: Counter<u64>,
    lookups: Counter<u64>,
    repeated: Counter<u64>,
    item_size: Histogram<u64>,
    check_duration: Histogram<f64>,
    urgent: Gauge<f64>,
    summarised: Gauge<u64>,
    in_flight: UpDownCounter<i64>,
    left: UpDownCounter<i64>,
}

static METRICS: LazyLock<AreaMetrics> = LazyLock::new(|| {
    let meter = global::meter("shop");
    AreaMetrics {
        accepted: meter
            .u64_counter("shop_AREA_accepted_total")
            .with_description("Accepted items, by where they came from.")
            .with_unit("{item}")
            .build(),
        received: meter
            .u64_counter("shop_AREA_received_bytes_total")
            .with_description("Bytes that items carried.")
            .with_unit("By")
            .build(),
        lookups: meter
            .u64_counter("shop_AREA_queue_lookups_total")
            .with_description("Lookups of a queue.")
            .with_unit("{lookup}")
            .build(),
        repeated: meter
            .u64_counter("shop_AREA_repeated_total")
            .with_description("Items that were forwarded again.")
            .with_unit("{item}")
            .build(),
        item_size: meter
            .u64_histogram("shop_AREA_item_size_bytes")
            .with_description("Size of an item.")
            .with_unit("By")
            .with_boundaries(vec![64.0, 1024.0, 16384.0, 262_144.0])
            .build(),
        check_duration: meter
            .f64_histogram("shop_AREA_check_duration_seconds")
            .with_description("Time that a check takes.")
            .with_unit("s")
            .with_boundaries(vec![0.001, 0.01, 0.1, 1.0, 10.0])
            .build(),
        urgent: meter
            .f64_gauge("shop_AREA_urgent_ratio")
            .with_description("Share of urgent items in the last summary.")
            .with_unit("1")
            .build(),
        summarised: meter
            .u64_gauge("shop_AREA_summarised_items")
            .with_description("Items in the last summary.")
            .with_unit("{item}")
            .build(),
        in_flight: meter
            .i64_up_down_counter("shop_AREA_items_in_flight")
            .with_description("Items on their way.")
            .with_unit("{item}")
            .build(),
        left: meter
            .i64_up_down_counter("shop_AREA_items_left")
            .with_description("Items that a sweep has left.")
            .with_unit("{item}")
            .build(),
    }
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Web,
    Mobile,
    Partner,
    Batch,
}

impl Channel {
    fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Mobile => "mobile",
            Self::Partner => "partner",
            Self::Batch => "batch",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    Low,
    Normal,
    High,
}

impl Priority {
    fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// The reason why one of the AREA failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaError {
    Empty,
    TooLarge,
    Rejected,
    TimedOut,
}

impl ErrorKind for AreaError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge => "too_large",
            Self::Rejected => "rejected",
            Self::TimedOut => "timed_out",
        }
    }

    fn is_timeout(&self) -> bool {
        matches!(self, Self::TimedOut)
    }
}

pub async fn accept_AREA(item: Item) -> Result<Receipt, AreaError> {
    let job = Job::start("accept_AREA");
    job.waited_since(item.created_at);
    let result = async {
        item.check()?;
        let labels = [
            KeyValue::new("channel", item.channel.as_str()),
            KeyValue::new("priority", item.priority.as_str()),
        ];
        METRICS.accepted.add(1, &labels);
        METRICS.received.add(item.size(), &[]);
        METRICS.item_size.record(item.size(), &[]);
        let bytes = item.send("accepted").await?;
        Ok(Receipt { id: item.id, bytes })
    }
    .await;
    if let Ok(receipt) = &result {
        job.produced(receipt.bytes);
    }
    job.end(&result);
    result
}

pub async fn forward_AREA(item: &Item, queue: &str) -> Result<u64, AreaError> {
    let job = Job::start("AREA.forward").attempt(item.attempt);
    let result = async {
        if item.attempt > 5 {
            return Err(AreaError::TimedOut);
        }
        if item.attempt > 1 {
            METRICS.repeated.add(1, &[KeyValue::new("client", item.client.clone())]);
        }
        METRICS.lookups.add(1, &[KeyValue::new("hit", !queue.is_empty())]);
        let labels = [KeyValue::new("priority", item.priority.as_str())];
        METRICS.in_flight.add(1, &labels);
        let sent = item.send(queue).await;
        METRICS.in_flight.add(-1, &labels);
        sent
    }
    .await;
    job.end(&result);
    result
}

pub fn validate_AREA(item: &Item) -> Result<(), AreaError> {
    let job = Job::start("validate_AREA");
    let validate = || {
        let started = std::time::Instant::now();
        let checked = item.check();
        let outcome = if checked.is_ok() { "passed" } else { "refused" };
        let labels = [KeyValue::new("outcome", outcome)];
        METRICS.check_duration.record(started.elapsed().as_secs_f64(), &labels);
        checked?;
        if item.client.is_empty() { Err(AreaError::Rejected) } else { Ok(()) }
    };
    let result = validate();
    job.end(&result);
    result
}

pub fn summarise_AREA(items: &[Item]) -> Summary {
    let job = Job::start("AREA.summarise");
    let mut summary = Summary::default();
    for item in items {
        summary.items += 1;
        summary.bytes += item.size();
        summary.urgent += u64::from(item.priority == Priority::High);
    }
    METRICS.summarised.record(summary.items, &[]);
    METRICS.urgent.record(summary.urgent as f64 / summary.items.max(1) as f64, &[]);
    job.complete();
    summary
}

pub async fn sweep_AREA(items: Vec<Item>) -> usize {
    let job = Job::start("sweep_AREA");
    let before = items.len();
    let mut left = Vec::new();
    for item in items {
        if item.send("left").await.is_ok() {
            METRICS.left.add(1, &[]);
            left.push(item);
        }
    }
    job.complete();
    before - left.len()
}

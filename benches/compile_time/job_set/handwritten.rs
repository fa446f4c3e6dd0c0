//! AREA, with a set of metrics that records its jobs.

mod item;

use std::{
    sync::LazyLock,
    thread,
    time::{Instant, SystemTime},
};

use opentelemetry::{
    KeyValue, global,
    metrics::{Counter, Gauge, Histogram, UpDownCounter},
};

use crate::jobs::{ErrorKind, Job};

pub use item::{Item, Receipt, Summary, call};

/// The metrics of AREA.
struct AreaMetrics {
    started: Counter<u64>,
    completed: Counter<u64>,
    errors: Counter<u64>,
    duration: Histogram<f64>,
    active: UpDownCounter<i64>,
    waited: Histogram<f64>,
    received: Counter<u64>,
    repeated: Counter<u64>,
    urgent: Gauge<f64>,
    left: UpDownCounter<i64>,
}

static METRICS: LazyLock<AreaMetrics> = LazyLock::new(|| {
    let meter = global::meter("shop");
    AreaMetrics {
        started: meter
            .u64_counter("shop_AREA_runs_started_total")
            .with_description("Runs started.")
            .with_unit("{run}")
            .build(),
        completed: meter
            .u64_counter("shop_AREA_runs_completed_total")
            .with_description("Runs that ended, by how.")
            .with_unit("{run}")
            .build(),
        errors: meter
            .u64_counter("shop_AREA_run_errors_total")
            .with_description("Errors of runs, by class.")
            .with_unit("{error}")
            .build(),
        duration: meter
            .f64_histogram("shop_AREA_run_duration_seconds")
            .with_description("Time that a run takes.")
            .with_unit("s")
            .with_boundaries(vec![0.01, 0.1, 1.0, 10.0, 60.0])
            .build(),
        active: meter
            .i64_up_down_counter("shop_AREA_runs_active")
            .with_description("Runs now under way.")
            .with_unit("{run}")
            .build(),
        waited: meter
            .f64_histogram("shop_AREA_run_wait_seconds")
            .with_description("Time that a run waited for its start.")
            .with_unit("s")
            .with_boundaries(vec![0.1, 1.0, 10.0, 60.0, 600.0])
            .build(),
        received: meter
            .u64_counter("shop_AREA_received_bytes_total")
            .with_description("Bytes that items carried.")
            .with_unit("By")
            .build(),
        repeated: meter
            .u64_counter("shop_AREA_repeated_total")
            .with_description("Items that were forwarded again.")
            .with_unit("{item}")
            .build(),
        urgent: meter
            .f64_gauge("shop_AREA_urgent_ratio")
            .with_description("Share of urgent items in the last summary.")
            .with_unit("1")
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

/// A running run. A run that is dropped before its end was cancelled or has panicked.
struct Run {
    labels: [KeyValue; 2],
    started: Instant,
    ended: bool,
}

impl Run {
    fn start(item: &Item) -> Self {
        let labels = [
            KeyValue::new("channel", item.channel.as_str()),
            KeyValue::new("priority", item.priority.as_str()),
        ];
        METRICS.started.add(1, &labels);
        METRICS.active.add(1, &labels);
        Self { labels, started: Instant::now(), ended: false }
    }

    fn waited_since(&self, queued_at: SystemTime) {
        if let Ok(wait) = queued_at.elapsed() {
            METRICS.waited.record(wait.as_secs_f64(), &self.labels);
        }
    }

    fn end<T>(mut self, result: &Result<T, AreaError>) {
        let Err(error) = result else { return self.record_end("completed") };
        METRICS.errors.add(1, &self.labels_and("error_type", error.kind()));
        self.record_end(if error.is_timeout() { "timed_out" } else { "failed" });
    }

    fn record_end(&mut self, status: &'static str) {
        self.ended = true;
        let labels = self.labels_and("status", status);
        METRICS.completed.add(1, &labels);
        METRICS.duration.record(self.started.elapsed().as_secs_f64(), &labels);
        METRICS.active.add(-1, &self.labels);
    }

    fn labels_and(&self, key: &'static str, value: &'static str) -> [KeyValue; 3] {
        let [channel, priority] = self.labels.clone();
        [channel, priority, KeyValue::new(key, value)]
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.ended {
            self.record_end(if thread::panicking() { "panicked" } else { "cancelled" });
        }
    }
}

pub async fn accept_AREA(item: Item) -> Result<Receipt, AreaError> {
    let run = Run::start(&item);
    run.waited_since(item.created_at);
    let result = async {
        item.check()?;
        METRICS.received.add(item.size(), &[]);
        let bytes = item.send("accepted").await?;
        Ok(Receipt { id: item.id, bytes })
    }
    .await;
    run.end(&result);
    result
}

pub async fn forward_AREA(item: &Item, queue: &str) -> Result<u64, AreaError> {
    let run = Run::start(item);
    let result = async {
        if item.attempt > 5 {
            return Err(AreaError::TimedOut);
        }
        if item.attempt > 1 {
            METRICS.repeated.add(1, &[KeyValue::new("client", item.client.clone())]);
        }
        item.send(queue).await
    }
    .await;
    run.end(&result);
    result
}

pub fn validate_AREA(item: &Item) -> Result<(), AreaError> {
    let run = Run::start(item);
    let validate = || {
        item.check()?;
        if item.client.is_empty() { Err(AreaError::Rejected) } else { Ok(()) }
    };
    let result = validate();
    run.end(&result);
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

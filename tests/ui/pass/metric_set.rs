//! A set of every instrument, with every way to write its keys.

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, ObservableCounter, ObservableGauge,
    ObservableUpDownCounter, UpDownCounter,
};

const LATENCY_BUCKETS: [f64; 3] = [0.1, 0.5, 1.0];
const SIZE_BUCKETS: &[f64] = &[1024.0, 4096.0];

#[derive(Clone, Copy, LabelValue)]
#[label(rename_all = "kebab-case")]
enum Priority {
    Low,
    VeryHigh,
    #[label(rename = "unknown")]
    Other,
}

#[derive(Clone, LabelSet)]
struct QueueLabels {
    priority: Priority,
    retried: bool,
    #[label(key = "queue_name", max = 20)]
    queue: String,
}

#[derive(MetricSet)]
#[metric_set(prefix = "work", allow(non_base_units, semconv_names))]
struct QueueMetrics {
    /// Items accepted.
    #[metric(name = "work.items.accepted.total", unit = "{item}", max_series = 200)]
    accepted: Counter<QueueLabels>,
    #[metric(description = "Energy used.", unit = "J")]
    energy_joules_total: Counter<(), f64>,
    /// Items now in the queue.
    queued: UpDownCounter,
    /// Fill level of the queue, 0 to 1.
    #[metric(unit = "1")]
    fill_ratio: Gauge,
    /// Time spent in the queue.
    #[metric(unit = "ms", buckets = &[1, 2.5, 10])]
    wait_milliseconds: Histogram,
    /// Time to answer.
    #[metric(unit = "s", buckets = LATENCY_BUCKETS)]
    answer_seconds: Histogram<QueueLabels>,
    /// Size of an item.
    #[metric(unit = "By", buckets = crate::SIZE_BUCKETS)]
    item_bytes: Histogram<(), u64>,
    /// Items read.
    read_total: ObservableCounter,
    /// Balance.
    balance: ObservableUpDownCounter<QueueLabels, f64>,
    /// Workers.
    #[metric(unit = "{worker}")]
    workers: ObservableGauge<(), u64>,
}

#[derive(MetricSet)]
#[metric_set(prefix = "")]
struct Unprefixed {
    /// Items seen.
    items_seen_total: osapi_metrics::Counter,
}

fn main() {
    let metrics = QueueMetrics::global();
    for priority in [Priority::Low, Priority::VeryHigh, Priority::Other] {
        let labels = QueueLabels { priority, retried: false, queue: "mail".to_owned() };
        metrics.accepted.with(labels.clone()).inc();
        metrics.answer_seconds.with(labels).record(0.2);
    }
    metrics.energy_joules_total.add(0.5);
    metrics.queued.inc();
    metrics.fill_ratio.set(0.5);
    metrics.wait_milliseconds.record(3.0);
    metrics.item_bytes.record(2000);
    let _read = metrics.read_total.observe(|| 1);
    let _balance = metrics.balance.observe_each(|_| {});
    let _workers = metrics.workers.observe(|| 3);
    Unprefixed::global().items_seen_total.inc();
    assert_eq!(QueueMetrics::DESCRIPTORS.len(), 10);
    assert_eq!(QueueMetrics::DESCRIPTORS[4].prometheus_name(), "work_wait_milliseconds");
}

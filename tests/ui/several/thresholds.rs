use osapi_metrics::{Gauge, Histogram, MetricSet};

#[derive(MetricSet)]
#[metric_set(runbook = "queue.md", prefix = "shop")]
struct Queue {
    /// Fill level of the queue, 0 to 1.
    #[metric(unit = "1", renamed_from = "shop_Fill", warning(above = 80), critical(below = 0.5))]
    queue_fill_ratio: Gauge,
    /// Time spent in the queue.
    #[metric(
        unit = "s",
        buckets = [1, 5],
        warning(above = 10, lasting = "soon", quantile = 95),
        critical(at_least = 3, quantile = 0.5, severity = 1),
    )]
    wait_seconds: Histogram,
}

fn main() {
    Queue::global().queue_fill_ratio.set(3.0);
    Queue::global().wait_seconds.record(1.0);
}

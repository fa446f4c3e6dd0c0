use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Time spent in the queue.
    #[metric(unit = "s", buckets = [0.1, 1, 5], warning(above = 1, quantile = p95))]
    wait_seconds: Histogram,
}

fn main() {
    Queue::global().wait_seconds.record(0.5);
}

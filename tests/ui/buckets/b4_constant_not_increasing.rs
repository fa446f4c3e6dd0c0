use osapi_metrics::{Histogram, MetricSet};

const LATENCY_BUCKETS: [f64; 3] = [0.1, 1.0, 0.5];

#[derive(MetricSet)]
struct Queue {
    /// Time spent in the queue.
    #[metric(unit = "s", buckets = LATENCY_BUCKETS)]
    wait_seconds: Histogram,
}

fn main() {
    Queue::global().wait_seconds.record(1.0);
}

use osapi_metrics::{Histogram, MetricSet};

const LATENCY_BUCKETS: [u64; 3] = [1, 5, 10];

#[derive(MetricSet)]
struct Queue {
    /// Time spent in the queue.
    #[metric(unit = "s", buckets = LATENCY_BUCKETS)]
    wait_seconds: Histogram,
}

fn main() {
    Queue::global().wait_seconds.record(1.0);
}

use osapi_metrics::{Histogram, MetricSet};

const WAIT_BUCKETS: [f64; 3] = [0.1, 1.0, 5.0];

#[derive(MetricSet)]
struct Queue {
    /// Time spent in the queue.
    #[metric(unit = "s", buckets = WAIT_BUCKETS, warning(above = 10, quantile = 0.95))]
    wait_seconds: Histogram,
}

fn main() {
    Queue::global().wait_seconds.record(0.5);
}

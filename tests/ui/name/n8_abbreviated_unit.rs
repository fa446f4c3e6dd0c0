use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Time spent in the queue.
    #[metric(name = "osapi_wait_ms", buckets = [10, 100])]
    wait: Histogram,
}

fn main() {
    Queue::global().wait.record(1.0);
}

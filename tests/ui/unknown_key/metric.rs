use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Time spent in the queue.
    #[metric(unit = "s", bucket = [0.1, 1, 10])]
    wait_seconds: Histogram,
}

fn main() {
    Queue::global().wait_seconds.record(1.0);
}

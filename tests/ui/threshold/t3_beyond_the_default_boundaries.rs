use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Time spent in the queue.
    #[metric(unit = "s", warning(at_least = 601, quantile = 0.95))]
    wait_seconds: Histogram,
}

fn main() {
    Queue::global().wait_seconds.record(0.5);
}

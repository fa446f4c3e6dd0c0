use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Time that items wait.
    #[metric(unit = "s")]
    wait_histogram_seconds: Histogram,
}

fn main() {
    Queue::global().wait_histogram_seconds.record(1.0);
}

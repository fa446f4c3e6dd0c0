use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Time spent in the queue, added up by hand.
    #[metric(unit = "s")]
    wait_seconds_sum: Gauge,
}

fn main() {
    Queue::global().wait_seconds_sum.set(1.0);
}

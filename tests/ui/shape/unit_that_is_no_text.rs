use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Fill level of the queue.
    #[metric(unit = 1)]
    queue_fill_ratio: Gauge,
}

fn main() {
    Queue::global().queue_fill_ratio.set(1.0);
}

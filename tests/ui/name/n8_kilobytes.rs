use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Size of the queue.
    queue_size_kb: Gauge,
}

fn main() {
    Queue::global().queue_size_kb.set(1.0);
}

use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items in the queue.
    queue_bucket: Gauge,
}

fn main() {
    Queue::global().queue_bucket.set(1.0);
}

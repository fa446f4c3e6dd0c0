use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
#[metric(prefix = "osapi")]
struct Queue {
    /// Items in the queue.
    queue_items: Gauge,
}

fn main() {
    Queue::global().queue_items.set(1.0);
}

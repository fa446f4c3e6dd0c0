use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items in the queue.
    items_created: Gauge,
}

fn main() {
    Queue::global().items_created.set(1.0);
}

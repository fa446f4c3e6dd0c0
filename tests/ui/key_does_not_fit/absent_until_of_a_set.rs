use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
#[metric_set(absent_until = "an item comes")]
struct Queue {
    /// Items in the queue.
    items_queued: Gauge,
}

fn main() {
    Queue::global().items_queued.set(3.0);
}

use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items in the queue.
    #[metric(renamed_from = osapi_items)]
    items_queued: Gauge,
}

fn main() {
    Queue::global().items_queued.set(3.0);
}

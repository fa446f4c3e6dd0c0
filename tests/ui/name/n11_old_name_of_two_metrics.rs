use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items in the queue.
    #[metric(renamed_from = "osapi_items")]
    items_queued: Gauge,
    /// Items that wait for others.
    #[metric(renamed_from = "osapi_items")]
    items_waiting: Gauge,
}

fn main() {
    Queue::global().items_queued.set(3.0);
    Queue::global().items_waiting.set(3.0);
}

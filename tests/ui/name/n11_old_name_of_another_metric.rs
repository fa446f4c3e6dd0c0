use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items in the queue.
    #[metric(renamed_from = "osapi.items.waiting")]
    items_queued: Gauge,
    /// Items that wait for others.
    items_waiting: Gauge,
}

fn main() {
    Queue::global().items_queued.set(3.0);
    Queue::global().items_waiting.set(3.0);
}

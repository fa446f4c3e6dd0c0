use osapi_metrics::{Gauge, MetricSet};

const PREFIX: &str = "shop";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Queue {
    /// Items in the queue.
    #[metric(renamed_from = "shop_items_waiting")]
    items_queued: Gauge,
    /// Items that wait for others.
    items_waiting: Gauge,
}

fn main() {
    Queue::global().items_queued.set(3.0);
    Queue::global().items_waiting.set(3.0);
}

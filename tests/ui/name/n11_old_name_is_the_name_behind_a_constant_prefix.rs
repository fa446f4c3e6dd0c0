use osapi_metrics::{Gauge, MetricSet};

const PREFIX: &str = "shop";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Queue {
    /// Items in the queue.
    #[metric(renamed_from = "shop.items.queued")]
    items_queued: Gauge,
}

fn main() {
    Queue::global().items_queued.set(3.0);
}

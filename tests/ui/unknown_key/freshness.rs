use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items in the queue.
    #[metric(freshness = "30s")]
    items_queued: Gauge,
}

fn main() {
    Queue::global().items_queued.set(3.0);
}

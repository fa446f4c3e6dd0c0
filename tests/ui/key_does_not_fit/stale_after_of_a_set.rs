use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
#[metric_set(stale_after = "30s")]
struct Queue {
    /// Items in the queue.
    items_queued: Gauge,
}

fn main() {
    Queue::global().items_queued.set(3.0);
}

use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items in the queue.
    #[metric(warning(above = 80, lasting = "5m"), critical(above = 80, lasting = "1m"))]
    items_queued: Gauge,
}

fn main() {
    Queue::global().items_queued.set(3.0);
}

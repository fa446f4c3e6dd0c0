use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items in the queue.
    #[metric(warning(below = 5), critical(at_most = 10))]
    items_queued: Gauge,
}

fn main() {
    Queue::global().items_queued.set(3.0);
}

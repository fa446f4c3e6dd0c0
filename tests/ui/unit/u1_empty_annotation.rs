use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items in the queue.
    #[metric(unit = "{}")]
    items: Gauge,
}

fn main() {
    Queue::global().items.set(1.0);
}

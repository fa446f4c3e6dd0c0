use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items in the queue.
    #[metric_set(unit = "{item}")]
    queue_items: Gauge,
}

fn main() {
    Queue::global().queue_items.set(1.0);
}

use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
#[metric_set(crate = "renamed_metrics")]
struct Queue {
    /// Items in the queue.
    #[metric(unit = "{item}")]
    queue_items: Gauge,
}

fn main() {
    Queue::global().queue_items.set(1.0);
}

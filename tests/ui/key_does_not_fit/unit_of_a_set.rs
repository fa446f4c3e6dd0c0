use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(unit = "{item}")]
struct Queue {
    /// Items taken from the queue.
    items_taken_total: Counter,
}

fn main() {
    Queue::global().items_taken_total.inc();
}

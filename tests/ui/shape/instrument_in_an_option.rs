use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items taken from the queue.
    items_taken_total: Option<Counter>,
}

fn main() {
    let _queue = Queue::global();
}

use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items taken from the queue.
    #[metric("osapi_items_taken_total")]
    taken: Counter,
}

fn main() {
    Queue::global().taken.inc();
}

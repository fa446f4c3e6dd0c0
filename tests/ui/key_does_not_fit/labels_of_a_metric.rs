use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items taken from the queue.
    #[metric(labels = ["queue"])]
    items_taken_total: Counter,
}

fn main() {
    Queue::global().items_taken_total.inc();
}

use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items taken from the queue.
    #[metric(name = "osapi_items_taken_total" unit = "{item}")]
    taken: Counter,
}

fn main() {
    Queue::global().taken.inc();
}

use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Sizes of items.
    #[metric(unit = "By", buckets = [-1024, 0, 1024])]
    queue_item_bytes: Histogram,
}

fn main() {
    Queue::global().queue_item_bytes.record(1.0);
}

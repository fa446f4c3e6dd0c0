use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items taken from the queue at once.
    #[metric(unit = "{item}")]
    queue_batch_size: Histogram,
}

fn main() {
    Queue::global().queue_batch_size.record(1.0);
}

use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Items taken at once.
    #[metric(boundaries = [1, 10, 100])]
    queue_batch_size: Histogram,
}

fn main() {
    Queue::global().queue_batch_size.record(1.0);
}

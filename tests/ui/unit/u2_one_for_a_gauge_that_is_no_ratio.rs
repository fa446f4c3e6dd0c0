use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Fill level of the queue, 0 to 1.
    #[metric(unit = "1")]
    queue_fill: Gauge,
}

fn main() {
    Queue::global().queue_fill.set(0.5);
}

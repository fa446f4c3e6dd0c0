use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Fill level of the queue, 0 to 100.
    #[metric(unit = "%")]
    queue_fill_percent: Gauge,
}

fn main() {
    Queue::global().queue_fill_percent.set(50.0);
}

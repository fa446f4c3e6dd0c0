use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
#[metric_set(allow("non_base_units"))]
struct Queue {
    /// Fill level of the queue.
    #[metric(unit = "%")]
    queue_fill_percent: Gauge,
}

fn main() {
    Queue::global().queue_fill_percent.set(1.0);
}

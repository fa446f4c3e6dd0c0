use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Age of the oldest item.
    queue_age_sec: Gauge,
}

fn main() {
    Queue::global().queue_age_sec.set(1.0);
}

use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    /// Age of the oldest item.
    queue_age_milliseconds: Gauge,
}

fn main() {
    Queue::global().queue_age_milliseconds.set(1.0);
}

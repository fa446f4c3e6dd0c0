use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Queue {
    #[metric(description = concat!("Items ", "queued."))]
    queue_items: Gauge,
}

fn main() {
    Queue::global().queue_items.set(1.0);
}

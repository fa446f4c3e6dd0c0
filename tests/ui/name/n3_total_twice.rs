use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct QueueMetrics {
    /// Items accepted by the queue.
    #[metric(name = "osapi_items_total_total")]
    items: Counter,
}

fn main() {
    QueueMetrics::global().items.inc();
}

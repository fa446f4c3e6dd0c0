use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct QueueMetrics {
    /// Items accepted in the United States.
    us_items_total: Counter,
}

fn main() {
    QueueMetrics::global().us_items_total.inc();
}

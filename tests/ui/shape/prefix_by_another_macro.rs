use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
#[metric_set(prefix = concat!("my", "_app"))]
struct Work {
    /// Items waiting.
    items_waiting: Gauge,
}

fn main() {
    let _ = Work::global();
}

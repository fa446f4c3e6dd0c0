use osapi_metrics::{Gauge, MetricSet};

const PREFIX: &str = "work";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Work {
    /// Items waiting.
    _items_waiting: Gauge,
}

fn main() {
    let _ = Work::global();
}

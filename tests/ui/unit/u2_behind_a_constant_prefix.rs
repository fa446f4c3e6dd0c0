use osapi_metrics::{Gauge, MetricSet};

const PREFIX: &str = "work";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Work {
    /// Items waiting.
    #[metric(unit = "1")]
    items_waiting: Gauge,
}

fn main() {
    let _ = Work::global();
}

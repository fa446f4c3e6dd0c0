use osapi_metrics::{Counter, Gauge, MetricSet};

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Work {
    /// Items waiting.
    items_waiting: Gauge,
    /// Items seen.
    items_seen_total: Counter,
}

fn main() {
    let _ = Work::global();
}

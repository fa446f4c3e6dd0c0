use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Work {
    /// Items waiting.
    #[metric(name = "osapi_items_waiting", unit = "KB")]
    waiting: Gauge,
}

fn main() {
    let _ = Work::global();
}

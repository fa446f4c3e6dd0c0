use osapi_metrics::{Gauge, MetricSet};

const WAITING: &str = "osapi_items_waiting";

#[derive(MetricSet)]
struct Work {
    /// Items waiting.
    #[metric(name = WAITING, renamed_from = "osapi.items.waiting")]
    waiting: Gauge,
}

fn main() {
    let _ = Work::global();
}

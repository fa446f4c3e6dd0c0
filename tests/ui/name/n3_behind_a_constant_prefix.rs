use osapi_metrics::{Counter, MetricSet};

const PREFIX: &str = "work";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Work {
    /// Items seen.
    items_seen: Counter,
}

fn main() {
    let _ = Work::global();
}

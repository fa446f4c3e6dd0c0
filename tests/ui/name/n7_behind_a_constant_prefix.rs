use osapi_metrics::{Counter, MetricSet};

const PREFIX: &str = "work";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Work {
    /// Items seen.
    items_counter_total: Counter,
}

fn main() {
    let _ = Work::global();
}

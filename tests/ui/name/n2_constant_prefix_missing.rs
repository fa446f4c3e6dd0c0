use osapi_metrics::{Counter, MetricSet};

const PREFIX: &str = "work";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Work {
    /// Items seen.
    #[metric(name = "items_seen_total")]
    items: Counter,
}

fn main() {
    let _ = Work::global();
}

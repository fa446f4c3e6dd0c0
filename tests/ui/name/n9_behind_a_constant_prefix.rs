use osapi_metrics::{Counter, MetricSet};

const PREFIX: &str = "work";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Work {
    /// Items seen.
    #[metric(name = "work.items.seen.total")]
    dotted: Counter,
    /// Items seen, once more.
    items_seen_total: Counter,
}

fn main() {
    let _ = Work::global();
}

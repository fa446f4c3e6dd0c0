use osapi_metrics::{Counter, MetricSet};

const SEEN: &str = "osapi.items_seen_total";

#[derive(MetricSet)]
struct Work {
    /// Items seen.
    #[metric(name = SEEN)]
    seen: Counter,
    /// Items seen, too.
    items_seen_total: Counter,
}

fn main() {
    let _ = Work::global();
}

use osapi_metrics::{Counter, MetricSet};

const ITEM: &str = "{item}";

#[derive(MetricSet)]
struct Work {
    /// Items seen.
    #[metric(unit = ITEM)]
    items_total: Counter,
}

fn main() {
    let _ = Work::global();
}

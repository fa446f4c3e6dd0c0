use osapi_metrics::{Counter, MetricSet};

const NAME: &str = "osapi_items_total";

#[derive(MetricSet)]
struct Work {
    /// Items seen.
    #[metric(name = NAME)]
    items: Counter,
}

fn main() {
    let _ = Work::global();
}

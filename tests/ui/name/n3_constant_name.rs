use osapi_metrics::{Counter, MetricSet};

const LOST: &str = "osapi_items_lost";

#[derive(MetricSet)]
struct Work {
    /// Items lost.
    #[metric(name = LOST, unit = "{item}")]
    lost: Counter,
}

fn main() {
    let _ = Work::global();
}

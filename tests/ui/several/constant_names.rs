use osapi_metrics::{Counter, Gauge, MetricSet};

const UPPER_CASE: &str = "osapi_itemsSeen_total";
const COUNTER: &str = "osapi_items_lost";
const FOREIGN: &str = "queue_depth";

#[derive(MetricSet)]
struct Work {
    /// Items seen.
    #[metric(name = UPPER_CASE)]
    seen: Counter,
    /// Items lost.
    #[metric(name = COUNTER, unit = "{item}")]
    lost: Counter,
    /// Items waiting.
    #[metric(name = FOREIGN)]
    waiting: Gauge,
    /// Items done.
    #[metric(name = concat!("osapi_items", ".", "done"))]
    done: Counter,
}

fn main() {
    let _ = Work::global();
}

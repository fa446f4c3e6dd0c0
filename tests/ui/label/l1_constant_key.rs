use osapi_metrics::{Counter, LabelSet, MetricSet};

const QUEUE: &str = "queueName";

#[derive(Clone, LabelSet)]
struct Labels {
    #[label(key = QUEUE, max = 10)]
    queue: &'static str,
}

#[derive(MetricSet)]
struct Work {
    /// Items seen.
    items_seen_total: Counter<Labels>,
}

fn main() {
    let _ = Work::global();
}

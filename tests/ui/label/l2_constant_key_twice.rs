use osapi_metrics::{Counter, LabelSet, MetricSet};

const QUEUE: &str = "queue";

#[derive(Clone, LabelSet)]
struct Labels {
    #[label(max = 10)]
    queue: &'static str,
    #[label(key = QUEUE)]
    urgent: bool,
}

#[derive(MetricSet)]
struct Work {
    /// Items seen.
    items_seen_total: Counter<Labels>,
}

fn main() {
    let _ = Work::global();
}

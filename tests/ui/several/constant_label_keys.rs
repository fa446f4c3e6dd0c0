use osapi_metrics::{Counter, LabelSet, LabelValue, MetricSet};

const QUEUE: &str = "queueName";
const URGENT: &str = "is.urgent";

#[derive(Clone, LabelSet)]
struct Labels {
    #[label(key = QUEUE, max = 10)]
    queue: &'static str,
    #[label(key = URGENT)]
    urgent: bool,
}

#[derive(Clone, Copy, LabelSet, LabelValue)]
#[label(key = concat!("le", ""))]
enum Kind {
    Letter,
}

#[derive(MetricSet)]
struct Work {
    /// Items seen.
    items_seen_total: Counter<Labels>,
    /// Letters seen.
    letters_seen_total: Counter<Kind>,
}

fn main() {
    let _ = Work::global();
}

use osapi_metrics::{Counter, LabelSet, MetricSet};

const QUEUES: usize = 5000;

#[derive(LabelSet)]
struct Labels {
    #[label(max = QUEUES)]
    queue: &'static str,
}

#[derive(MetricSet)]
struct Work {
    /// Items seen.
    items_total: Counter<Labels>,
}

fn main() {
    Work::global().items_total.with(Labels { queue: "mail" }).inc();
}

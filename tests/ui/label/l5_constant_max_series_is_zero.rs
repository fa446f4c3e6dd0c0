use osapi_metrics::{Counter, LabelSet, MetricSet};

const MAX_SERIES: usize = 0;

#[derive(LabelSet)]
struct Labels {
    #[label(max = 50)]
    queue: &'static str,
}

#[derive(MetricSet)]
struct Work {
    /// Items seen.
    #[metric(max_series = MAX_SERIES)]
    items_total: Counter<Labels>,
}

fn main() {
    Work::global().items_total.with(Labels { queue: "mail" }).inc();
}

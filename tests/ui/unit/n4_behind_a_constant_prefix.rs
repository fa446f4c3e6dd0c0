use osapi_metrics::{Histogram, MetricSet};

const PREFIX: &str = "work";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Work {
    /// Time to answer.
    #[metric(unit = "s")]
    answer: Histogram,
}

fn main() {
    let _ = Work::global();
}

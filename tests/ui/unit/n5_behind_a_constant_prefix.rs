use osapi_metrics::{Histogram, MetricSet};

const PREFIX: &str = "work";

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct Work {
    /// Time to answer.
    #[metric(unit = "ms", buckets = [1, 10])]
    answer_milliseconds: Histogram,
}

fn main() {
    let _ = Work::global();
}

use osapi_metrics::{Histogram, MetricSet};

const LATENCY: f64 = 0.5;

#[derive(MetricSet)]
struct Work {
    /// Time spent waiting.
    #[metric(unit = "s", buckets = LATENCY)]
    wait_seconds: Histogram,
}

fn main() {
    let _ = Work::global();
}

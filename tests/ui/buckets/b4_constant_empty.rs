use osapi_metrics::{Histogram, MetricSet};

const LATENCY_BUCKETS: [f64; 0] = [];

#[derive(MetricSet)]
struct Work {
    /// Time spent waiting.
    #[metric(unit = "s", buckets = LATENCY_BUCKETS)]
    wait_seconds: Histogram,
}

fn main() {
    let _ = Work::global();
}

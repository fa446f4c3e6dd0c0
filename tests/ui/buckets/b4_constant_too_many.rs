use osapi_metrics::{Histogram, MetricSet};

const LATENCY_BUCKETS: [f64; 101] = {
    let mut boundaries = [0.0; 101];
    let mut i = 1;
    while i < boundaries.len() {
        boundaries[i] = boundaries[i - 1] + 1.0;
        i += 1;
    }
    boundaries
};

#[derive(MetricSet)]
struct Work {
    /// Time spent waiting.
    #[metric(unit = "s", buckets = LATENCY_BUCKETS)]
    wait_seconds: Histogram,
}

fn main() {
    let _ = Work::global();
}

use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Metrics {
    /// Time that jobs take.
    #[metric(unit = "s", buckets = [0.5, 5ms])]
    job_duration_seconds: Histogram,
}

fn main() {}

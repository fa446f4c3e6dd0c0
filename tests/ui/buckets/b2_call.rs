use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Duration of a job.
    #[metric(unit = "s", buckets = exponential_buckets(0.1, 2.0, 10))]
    job_duration_seconds: Histogram,
}

fn main() {
    Jobs::global().job_duration_seconds.record(0.5);
}

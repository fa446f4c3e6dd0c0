use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Time from the start of a job to its end.
    job_duration_seconds: Histogram,
}

fn main() {
    Jobs::global().job_duration_seconds.record(1.0);
}

use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Time from the start of a job to its end.
    #[metric(name = "osapi_job_duration", unit = "s")]
    duration: Histogram,
}

fn main() {
    Jobs::global().duration.record(1.0);
}

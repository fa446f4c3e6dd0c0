use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Size of a job's output.
    #[metric(name = "osapi_job_output_bytes", unit = "s")]
    output: Histogram,
}

fn main() {
    Jobs::global().output.record(1.0);
}

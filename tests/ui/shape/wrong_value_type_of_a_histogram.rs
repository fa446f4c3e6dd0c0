use osapi_metrics::{Histogram, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Size of a job's output.
    #[metric(unit = "By")]
    job_output_bytes: Histogram<(), u32>,
}

fn main() {
    Jobs::global();
}

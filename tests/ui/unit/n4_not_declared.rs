use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Age of the oldest job.
    #[metric(name = "osapi_job_age_seconds")]
    age: Gauge,
}

fn main() {
    Jobs::global().age.set(1.0);
}

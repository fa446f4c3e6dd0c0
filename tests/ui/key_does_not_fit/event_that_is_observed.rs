use osapi_metrics::{Gauge, MetricSet, jobs::JobLabels};

#[derive(MetricSet)]
#[metric_set(job(labels = JobLabels))]
struct Steps {
    /// Age of the oldest step.
    #[metric(unit = "s", on = oldest_active)]
    step_age_seconds: Gauge<JobLabels>,
}

fn main() {
    Steps::global().step_age_seconds.with(JobLabels { job_name: "resize".into() }).set(1.0);
}

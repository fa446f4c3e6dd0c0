use osapi_metrics::{Counter, MetricSet, instrumented_job, jobs::JobLabels};

#[derive(MetricSet)]
#[metric_set(job(labels = JobLabels))]
struct Steps {
    /// Steps executed.
    #[metric(on = started)]
    steps_executed_total: Counter<JobLabels>,
}

#[instrumented_job(metrics = "Steps", labels = JobLabels { job_name: "resize".into() })]
fn resize(width: u32) -> u32 {
    width / 2
}

fn main() {
    resize(2);
}

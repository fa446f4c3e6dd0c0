use osapi_metrics::{Counter, MetricSet, jobs::JobLabels};

#[derive(MetricSet)]
#[metric_set(job(label = JobLabels))]
struct Steps {
    /// Steps executed.
    #[metric(on = started)]
    steps_executed_total: Counter<JobLabels>,
}

fn main() {
    Steps::global().steps_executed_total.with(JobLabels { job_name: "resize".into() }).inc();
}

use osapi_metrics::{Counter, MetricSet, jobs::JobLabels};

#[derive(MetricSet)]
#[metric_set(job(labels = JobLabels))]
struct Steps {
    /// Step execution time.
    #[metric(on = duration)]
    step_time_total: Counter<JobLabels>,
}

fn main() {
    Steps::global().step_time_total.with(JobLabels { job_name: "resize".into() }).inc();
}

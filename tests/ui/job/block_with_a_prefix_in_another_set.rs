use osapi_metrics::{Counter, MetricSet, instrumented_job, jobs::JobLabels};

#[derive(MetricSet)]
#[metric_set(job(labels = JobLabels))]
struct Steps {
    /// Steps done.
    #[metric(on = completed)]
    steps_done_total: Counter<JobLabels>,
}

struct Resizer;

#[instrumented_job(
    prefix = "image",
    metrics = Steps,
    labels = JobLabels { job_name: "image.resize".into() },
)]
impl Resizer {
    fn resize(&self, width: u32) -> u32 {
        width / 2
    }
}

fn main() {
    Resizer.resize(2);
    Steps::global().steps_done_total.with(JobLabels { job_name: "image.crop".into() }).inc();
}

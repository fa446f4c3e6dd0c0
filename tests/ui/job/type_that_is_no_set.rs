use osapi_metrics::{instrumented_job, jobs::JobLabels};

struct Steps;

#[instrumented_job(metrics = Steps, labels = JobLabels { job_name: "resize".into() })]
async fn resize() {}

fn main() {
    drop(resize());
    let _steps = Steps;
}

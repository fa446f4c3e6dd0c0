use osapi_metrics::{
    Counter, ErrorType, Histogram, JobMetricSet, MetricSet, UpDownCounter, instrumented_job,
    jobs::JobLabels,
};

#[derive(MetricSet)]
#[metric_set(prefix = "Tasker", job(labels = JobLabels))]
struct Steps {
    /// Steps started.
    #[metric(on = begun)]
    steps_started: Counter<JobLabels>,
    #[metric(on = active, buckets = [1])]
    steps_active: UpDownCounter<JobLabels>,
    /// How long steps take.
    #[metric(unit = "seconds", on = duration)]
    step_duration_seconds: Histogram<JobLabels>,
    /// Steps that wait.
    steps_waiting: Guage,
}

#[derive(ErrorType)]
enum StepError {
    #[error_type(renamed = "late")]
    Deadline,
}

fn labels() -> JobLabels {
    JobLabels { job_name: "resize".into() }
}

#[instrumented_job(metrics = Steps, labels = labels(), attempts = 2)]
fn resize(width: u32) -> Result<u32, StepError> {
    if width == 0 { Err(StepError::Deadline) } else { Ok(width / 2) }
}

#[instrumented_job(metrics = Steps, labels = labels())]
const fn crop(width: u32) -> u32 {
    width / 3
}

#[instrumented_job(metrics = Steps, labels = labels(), queued_at)]
async fn rotate(width: u32) -> u32 {
    width
}

fn main() {
    let steps = Steps::global();
    steps.steps_started.with(labels()).inc();
    steps.steps_active.with(labels()).inc();
    steps.step_duration_seconds.with(labels()).record(1.0);
    steps.created(&labels());
    let _descriptors = Steps::DESCRIPTORS;
    let _width = resize(2).is_ok().then(|| crop(3));
    let _future = rotate(4);
}

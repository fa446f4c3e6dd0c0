use osapi_metrics::{LabelSet, LabelValue, jobs::JobLabels};

#[derive(Clone, Copy, LabelValue)]
enum ErrorClass {
    Timeout,
}

#[derive(LabelSet)]
struct ErrorLabels {
    #[label(flatten)]
    job: JobLabels,
    #[label(job = error_type)]
    error_type: ErrorClass,
}

fn main() {
    let job = JobLabels { job_name: "resize".into() };
    let _labels = ErrorLabels { job, error_type: ErrorClass::Timeout }.combination();
}

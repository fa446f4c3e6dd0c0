use osapi_metrics::{JobStatus, LabelSet, jobs::JobLabels};

#[derive(LabelSet)]
struct EndLabels {
    #[label(flatten)]
    job: JobLabels,
    retried: bool,
    #[label(job = status)]
    status: JobStatus,
}

fn main() {
    let job = JobLabels { job_name: "resize".into() };
    let _labels = EndLabels { job, retried: false, status: JobStatus::Completed }.combination();
}

use osapi_metrics::{JobStatus, LabelSet, jobs::JobLabels};

#[derive(LabelSet)]
struct EndLabels {
    #[label(flatten)]
    job: JobLabels,
    #[label(job)]
    status: JobStatus,
}

fn main() {
    let job = JobLabels { job_name: "resize".into() };
    let _labels = EndLabels { job, status: JobStatus::Completed }.combination();
}

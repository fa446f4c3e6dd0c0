use osapi_metrics::{JobLabels, JobStatus, LabelSet};

#[derive(LabelSet)]
#[label(job(label = JobLabels))]
struct EndLabels {
    #[label(job = status)]
    status: JobStatus,
}

fn main() {
    let _job = JobLabels { job_name: "resize".into() };
    let _labels = EndLabels { status: JobStatus::Completed }.combination();
}

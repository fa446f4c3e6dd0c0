use osapi_metrics::{JobStatus, LabelSet, jobs::JobLabels};

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

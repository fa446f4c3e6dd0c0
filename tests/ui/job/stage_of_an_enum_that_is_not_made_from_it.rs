use osapi_metrics::{LabelSet, LabelValue, jobs::JobLabels};

#[derive(Clone, Copy, LabelValue)]
enum Status {
    Started,
}

#[derive(LabelSet)]
#[label(job(labels = JobLabels))]
struct StatusLabels {
    #[label(job = stage)]
    status: Status,
}

fn main() {
    let _job = JobLabels { job_name: "resize".into() };
    let _labels = StatusLabels { status: Status::Started }.combination();
}

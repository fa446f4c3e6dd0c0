use osapi_metrics::{JobStatus, LabelSet};

#[derive(LabelSet)]
struct EndLabels {
    #[label(job = status)]
    status: JobStatus,
}

fn main() {
    let _labels = EndLabels { status: JobStatus::Completed }.combination();
}

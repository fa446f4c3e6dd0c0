use osapi_metrics::{LabelSet, jobs::JobLabels};

#[derive(LabelSet)]
struct QueueLabels {
    #[label(flatten, recent = 10)]
    job: JobLabels,
}

fn main() {
    let _labels = QueueLabels { job: JobLabels { job_name: "resize".into() } }.combination();
}

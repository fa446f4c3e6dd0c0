use osapi_metrics::{LabelSet, jobs::JobLabels};

#[derive(LabelSet)]
struct QueueLabels {
    #[label(flatten, key = "job_name")]
    job: JobLabels,
}

fn main() {
    let _labels = QueueLabels { job: JobLabels { job_name: "resize".into() } }.combination();
}

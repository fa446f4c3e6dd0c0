use osapi_metrics::{LabelSet, jobs::JobLabels};

#[derive(Clone, LabelSet)]
struct StepEndLabels {
    #[label(flatten, job = status)]
    job: JobLabels,
}

fn main() {
    let _labels = StepEndLabels { job: JobLabels { job_name: "resize".into() } };
}

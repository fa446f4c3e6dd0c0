use osapi_metrics::{LabelSet, jobs::JobLabels};

#[derive(Clone, Copy, LabelSet)]
struct RetryLabels {
    retried: bool,
}

#[derive(LabelSet)]
#[label(job(labels = JobLabels))]
struct StartLabels {
    #[label(flatten)]
    retry: RetryLabels,
}

fn main() {
    let _job = JobLabels { job_name: "resize".into() };
    let _labels = StartLabels { retry: RetryLabels { retried: false } }.combination();
}

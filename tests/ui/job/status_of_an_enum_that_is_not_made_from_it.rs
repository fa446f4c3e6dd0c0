use osapi_metrics::{LabelSet, LabelValue, jobs::JobLabels};

#[derive(Clone, Copy, LabelValue)]
enum Outcome {
    Success,
}

#[derive(LabelSet)]
#[label(job(labels = JobLabels))]
struct OutcomeLabels {
    #[label(job = status)]
    outcome: Outcome,
}

fn main() {
    let _job = JobLabels { job_name: "resize".into() };
    let _labels = OutcomeLabels { outcome: Outcome::Success }.combination();
}

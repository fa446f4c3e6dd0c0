use osapi_metrics::{LabelSet, jobs::JobLabels};

#[derive(LabelSet)]
struct NameLabels {
    #[label(max = 20, job(labels = JobLabels))]
    job_name: String,
}

fn main() {
    let _job = JobLabels { job_name: "resize".into() };
    let _labels = NameLabels { job_name: String::new() }.combination();
}

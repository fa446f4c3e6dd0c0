use osapi_metrics::{LabelSet, jobs::JobLabels};

#[derive(Clone, LabelSet)]
#[label(job = JobLabels)]
struct NameLabels {
    #[label(max = 20)]
    job_name: String,
}

fn main() {
    let _job = JobLabels { job_name: "resize".into() };
    let _labels = NameLabels { job_name: String::new() }.combination();
}

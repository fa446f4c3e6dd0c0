use osapi_metrics::{LabelSet, LabelValue, jobs::JobLabels};

#[derive(Clone, Copy, LabelValue, LabelSet)]
#[label(job(labels = JobLabels))]
enum Queue {
    Bulk,
}

fn main() {
    let _job = JobLabels { job_name: "resize".into() };
    let _value = Queue::Bulk.as_str();
}

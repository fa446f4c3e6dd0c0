use osapi_metrics::{LabelSet, LabelValue};

#[derive(LabelSet)]
struct JobLabels<P: LabelValue> {
    priority: P,
}

fn main() {
    let _labels = JobLabels { priority: true }.combination();
}

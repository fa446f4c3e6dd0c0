use osapi_metrics::{LabelSet, LabelValue};

#[derive(Clone, Copy, LabelValue)]
struct Status;

#[derive(LabelSet)]
struct JobLabels {
    status: Status,
}

fn main() {
    let _labels = JobLabels { status: Status }.combination();
}

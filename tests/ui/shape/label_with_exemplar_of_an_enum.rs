use osapi_metrics::{LabelSet, LabelValue};

#[derive(Clone, Copy, LabelValue)]
enum Priority {
    Low,
}

#[derive(LabelSet)]
struct JobLabels {
    #[label(exemplar)]
    priority: Priority,
}

fn main() {
    let _labels = JobLabels { priority: Priority::Low }.combination();
}

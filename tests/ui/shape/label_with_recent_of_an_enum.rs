use osapi_metrics::{LabelSet, LabelValue};

#[derive(Clone, Copy, LabelValue)]
enum Priority {
    Low,
    High,
}

#[derive(LabelSet)]
struct JobLabels {
    #[label(recent = 3)]
    priority: Priority,
}

fn main() {
    let _labels = (JobLabels { priority: Priority::Low }, JobLabels { priority: Priority::High });
}

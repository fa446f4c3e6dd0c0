use osapi_metrics::LabelSet;

struct Priority;

#[derive(LabelSet)]
struct JobLabels {
    priority: Priority,
}

fn main() {
    let _labels = JobLabels { priority: Priority };
}

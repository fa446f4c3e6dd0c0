use osapi_metrics::LabelSet;

struct Priority;

#[derive(LabelSet)]
struct JobLabels {
    #[label(max = 10)]
    priority: Priority,
}

fn main() {
    let _labels = JobLabels { priority: Priority };
}

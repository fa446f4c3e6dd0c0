use osapi_metrics::LabelSet;

#[derive(Clone, LabelSet)]
#[label(rename_all = "snake_case")]
struct TaskLabels {
    retried: bool,
}

fn main() {
    let _labels = TaskLabels { retried: true };
}

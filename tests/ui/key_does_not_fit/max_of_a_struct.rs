use osapi_metrics::LabelSet;

#[derive(Clone, LabelSet)]
#[label(max = 20)]
struct TaskLabels {
    retried: bool,
}

fn main() {
    let _labels = TaskLabels { retried: true };
}

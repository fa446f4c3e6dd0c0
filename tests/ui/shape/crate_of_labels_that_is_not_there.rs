use osapi_metrics::LabelSet;

#[derive(Clone, LabelSet)]
#[label(crate = "renamed_metrics")]
struct TaskLabels {
    retried: bool,
    #[label(max = 20)]
    queue: String,
}

fn main() {
    let _labels = TaskLabels { retried: true, queue: String::new() };
}

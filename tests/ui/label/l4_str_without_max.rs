use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct TaskLabels {
    queue: &'static str,
}

fn main() {
    let _labels = TaskLabels { queue: "" }.combination();
}

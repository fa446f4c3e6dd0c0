use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct TaskLabels {
    namespace: String,
}

fn main() {
    let _labels = TaskLabels { namespace: String::new() }.combination();
}

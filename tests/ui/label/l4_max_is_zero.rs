use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct TaskLabels {
    #[label(max = 0)]
    namespace: String,
}

fn main() {
    let _labels = TaskLabels { namespace: String::new() }.combination();
}

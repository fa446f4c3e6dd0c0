use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct TaskLabels {
    #[label(max = 20, max = 30)]
    namespace: String,
}

fn main() {
    let _labels = TaskLabels { namespace: String::new() }.combination();
}

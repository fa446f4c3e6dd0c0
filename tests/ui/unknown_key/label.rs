use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct TaskLabels {
    #[label(name = "namespace", max = 20)]
    task_namespace: String,
}

fn main() {
    let _labels = TaskLabels { task_namespace: String::new() }.combination();
}

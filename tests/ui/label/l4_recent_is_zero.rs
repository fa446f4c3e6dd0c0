use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct TaskLabels {
    #[label(recent = 0)]
    task: u64,
}

fn main() {
    let _labels = TaskLabels { task: 1 }.combination();
}

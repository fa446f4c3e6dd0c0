use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct Task {
    #[label(max = 100)]
    task: String,
}

#[derive(LabelSet)]
struct JobLabels {
    #[label(flatten, exemplar)]
    task: Task,
}

fn main() {
    let _labels = JobLabels { task: Task { task: "resize".to_owned() } }.combination();
}

use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct JobLabels {
    #[label(max = 100, recent = 10)]
    task: String,
}

fn main() {
    let _labels = JobLabels { task: "resize".to_owned() }.combination();
}

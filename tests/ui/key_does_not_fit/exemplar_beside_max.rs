use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct JobLabels {
    #[label(exemplar, max = 100)]
    task: String,
}

fn main() {
    let _labels = JobLabels { task: "resize".to_owned() }.combination();
}

use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct JobLabels {
    #[label(exemplar = true)]
    task: String,
}

fn main() {
    let _labels = JobLabels { task: "resize".to_owned() }.combination();
}

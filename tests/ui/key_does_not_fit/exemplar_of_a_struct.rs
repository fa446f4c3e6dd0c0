use osapi_metrics::LabelSet;

#[derive(LabelSet)]
#[label(exemplar)]
struct JobLabels {
    #[label(max = 100)]
    task: String,
}

fn main() {
    let _labels = JobLabels { task: "resize".to_owned() }.combination();
}

use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct JobLabels {
    #[label(recent = 100, exemplar)]
    task: String,
}

fn main() {
    let _labels = JobLabels { task: "resize".to_owned() }.combination();
}

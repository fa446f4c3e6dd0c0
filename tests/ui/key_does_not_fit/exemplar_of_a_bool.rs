use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct JobLabels {
    #[label(exemplar)]
    retried: bool,
}

fn main() {
    let _labels = JobLabels { retried: true }.combination();
}

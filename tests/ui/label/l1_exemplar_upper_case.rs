use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct JobLabels {
    #[label(exemplar, key = "requestId")]
    request: String,
}

fn main() {
    let _labels = JobLabels { request: String::new() }.combination();
}

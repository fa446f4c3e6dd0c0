use osapi_metrics::LabelSet;

const SPAN: &str = "span_id";

#[derive(LabelSet)]
struct JobLabels {
    #[label(exemplar, key = SPAN)]
    span: String,
}

fn main() {
    let _labels = JobLabels { span: String::new() }.combination();
}

use osapi_metrics::LabelSet;

#[derive(LabelSet)]
struct JobLabels {
    #[label(exemplar)]
    trace_id: String,
}

fn main() {
    let _labels = JobLabels { trace_id: String::new() }.combination();
}
